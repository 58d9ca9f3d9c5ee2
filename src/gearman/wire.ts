// One TCP connection to a Gearman server: frames in, bounded writes out, questions after handles, heartbeat, and one end.

import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { ConnectionId, Handle } from '../gate/ids.ts';
import type { Address } from './address.ts';
import { dropSocket } from './open-socket.ts';
import { request } from './frame.ts';
import type { HandleStatus } from './gearman.ts';
import { startHeartbeat } from './heartbeat.ts';
import { createIncoming, type IncomingOptions } from './incoming.ts';
import type { GearmanLimits, GearmanTimes } from './options.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { packetType } from './packet-type.ts';
import { reasonOf } from './printable.ts';
import { createStatuses } from './statuses.ts';

/** Asked for when no job runs: both servers answer GET_STATUS of a handle that they do not know. */
const madeUpHandle = 'H:gearbridge:0';

export interface WireOptions extends Pick<IncomingOptions, 'frame' | 'tooLarge' | 'serverError' | 'stray'> {
  readonly address: Address;
  readonly instance?: string;
  readonly times: GearmanTimes;
  readonly limits: GearmanLimits;
  /** A handle of a running job, for the heartbeat to ask for. */
  runningHandle(): Handle | undefined;
  /** The heartbeat found that handle unknown. */
  orphan(handle: Handle): void;
  lost(why: string): void;
}

export interface Wire {
  readonly id: ConnectionId;
  readonly outbox: Outbox;
  isLost(): boolean;
  /** Asks after a handle; without one, after a made-up one, which proves that all that was written before was read. */
  status(handle?: Handle): Promise<HandleStatus>;
  /** The bytes of one GET_STATUS, and the promise of its answer, which is to be made when they are written. */
  question(handle: Handle): { readonly bytes: Buffer; expect(within: number): Promise<HandleStatus> };
  /** Ends the connection now; `lost` is told before this returns. */
  lose(why: string): void;
  /** Lets what is queued leave, then closes; resolves when the socket is closed. `lost` is not told. */
  close(): Promise<void>;
}

/** Takes a connected socket over. */
export function createWire(socket: Socket, options: WireOptions): Wire {
  const { address, times, limits, instance = '' } = options;
  const id = `${address.text}/${instance}${randomBytes(8).toString('hex')}` as ConnectionId;
  const statuses = createStatuses(limits.statuses, () =>
    lose(`${limits.statuses} questions after handles are unanswered`),
  );
  const outbox = createOutbox(socket, limits, (bytes) =>
    lose(`${bytes} bytes wait and the server does not read`),
  );
  let state: 'open' | 'lost' | 'closing' = 'open';

  const incoming = createIncoming({
    largest: limits.packet,
    within: times.packet,
    frame: (frame) => options.frame(frame),
    tooLarge: (frame) => options.tooLarge(frame),
    status: (handle, answer) => statuses.answer(handle, answer),
    serverError: (code, text) => options.serverError(code, text),
    stray: (name) => options.stray(name),
    broken: lose,
  });
  const heartbeat = startHeartbeat({
    idle: times.idle,
    dead: times.dead,
    ask: beat,
    onDead: (silent) => lose(`no answer to GET_STATUS, nothing heard for ${Math.round(silent)} ms`),
  });

  function beat(): void {
    const handle = options.runningHandle();
    void status(handle).then((answer) => {
      if (handle !== undefined && answer === 'unknown' && state === 'open') options.orphan(handle);
    });
  }

  function status(handle?: Handle): Promise<HandleStatus> {
    if (state !== 'open') return Promise.resolve('silent');
    const asked = handle ?? madeUpHandle;
    const answer = statuses.expect(asked, times.answer);
    outbox.now(request(packetType.GET_STATUS, asked));
    return answer;
  }

  function stopAll(next: 'lost' | 'closing'): boolean {
    if (state !== 'open') return false;
    state = next;
    heartbeat.stop();
    incoming.stop();
    statuses.close();
    outbox.close();
    return true;
  }

  function lose(why: string): void {
    if (!stopAll('lost')) return;
    dropSocket(socket);
    options.lost(why);
  }

  socket.on('data', (chunk: Buffer) => {
    heartbeat.heard();
    incoming.push(chunk);
  });
  socket.on('drain', () => outbox.drained());
  socket.on('error', (error) => lose(reasonOf(error)));
  // Also after a FIN: without our own end Node would wait for what is queued.
  socket.once('end', () => lose('closed by the server'));
  socket.once('close', () => lose('closed by the server'));

  return {
    id,
    outbox,
    isLost: () => state !== 'open',
    status,
    question: (handle) => ({
      bytes: request(packetType.GET_STATUS, handle),
      expect: (within) => statuses.expect(handle, within),
    }),
    lose,
    close() {
      stopAll('closing');
      return closeSocket(socket, times.flush);
    },
  };
}

/** Lets what is in the socket leave, for so many milliseconds at most. */
function closeSocket(socket: Socket, within: number): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) {
      resolve();
      return;
    }
    const timer = setTimeout(() => socket.destroy(), within);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.destroySoon();
  });
}
