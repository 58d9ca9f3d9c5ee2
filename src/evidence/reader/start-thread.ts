// One life of the reader's thread, seen from the main thread: orders in, answers out, and its end, by itself or because it hung.

import { Worker } from 'node:worker_threads';
import type { Answer, Order, Told } from './orders.ts';
import { threadEntry } from './thread-entry.ts';

/** The thread ended. `blamed`: it was with this very log when it did. */
export class ThreadEnded extends Error {
  readonly blamed: boolean;

  constructor(why: string, blamed: boolean) {
    super(why);
    this.name = 'ThreadEnded';
    this.blamed = blamed;
  }
}

/** The reader failed on this log alone and goes on. */
export class LogUnreadable extends Error {}

export interface Thread {
  /** Resolves with what was told; rejects with a ThreadEnded or a LogUnreadable. */
  order(order: Order): Promise<readonly Told[]>;
  readonly alive: () => boolean;
  end(why: string): Promise<void>;
}

export interface ThreadLimits {
  /** Milliseconds that one order may take: it reads 64 KiB or one report. */
  readonly patience: number;
  /** MiB of the thread's heap. */
  readonly heap: number;
}

interface Waiting {
  readonly log: number;
  readonly resolve: (told: readonly Told[]) => void;
  readonly reject: (error: Error) => void;
}

function hand(worker: Worker, order: Order): void {
  worker.postMessage(order, order.kind === 'bytes' ? [order.bytes.buffer] : []);
}

/** Starts a thread. It keeps no process alive. */
export function startThread({ patience, heap }: ThreadLimits): Thread {
  const worker = new Worker(threadEntry(), {
    resourceLimits: { maxOldGenerationSizeMb: heap, maxYoungGenerationSizeMb: 8, stackSizeMb: 4 },
    // What it prints by accident is not the daemon's log.
    stdout: true,
    stderr: true,
    env: {},
  });
  worker.unref();
  worker.stdout.resume();
  worker.stderr.resume();
  const waiting: Waiting[] = [];
  let over: string | null = null;
  let watch: NodeJS.Timeout | undefined;

  const finish = (why: string): void => {
    if (over !== null) return;
    over = why;
    clearTimeout(watch);
    const blamed = waiting[0]?.log;
    for (const { log, reject } of waiting.splice(0)) reject(new ThreadEnded(why, log === blamed));
  };
  /** The order at the head has its time from now on. */
  const rewatch = (): void => {
    clearTimeout(watch);
    if (waiting.length === 0) return;
    watch = setTimeout(() => {
      finish(`the reader hung: it took more than ${patience / 1_000} s for a piece of the log`);
      void worker.terminate();
    }, patience);
    watch.unref();
  };
  worker.on('message', (answer: Answer) => {
    const head = waiting.shift();
    rewatch();
    if (answer.kind === 'failed') head?.reject(new LogUnreadable(answer.why));
    else head?.resolve(answer.told);
  });
  worker.on('error', (error) => {
    finish(`the reader ended: ${error.message}`);
  });
  worker.on('exit', (code) => {
    finish(`the reader ended with ${code}`);
  });
  return {
    order: (order) =>
      new Promise((resolve, reject) => {
        if (over !== null) {
          reject(new ThreadEnded(over, false));
          return;
        }
        waiting.push({ log: order.log, resolve, reject });
        if (waiting.length === 1) rewatch();
        hand(worker, order);
      }),
    alive: () => over === null,
    async end(why) {
      finish(why);
      await worker.terminate();
    },
  };
}
