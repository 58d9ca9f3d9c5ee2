// The reader's thread: takes orders from the main thread in turn. It has no network and no files; what it reads is handed to it.

import { parentPort } from 'node:worker_threads';
import { createDesk } from './desk.ts';
import type { Order } from './orders.ts';

const carryOut = createDesk();
let turn: Promise<void> = Promise.resolve();

parentPort?.on('message', (order: Order) => {
  // A report is parsed with pauses; what comes after it waits, so that answers keep the order of the orders.
  turn = turn.then(async () => {
    parentPort?.postMessage(await carryOut(order));
  });
});
