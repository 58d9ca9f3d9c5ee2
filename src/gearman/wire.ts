// One TCP connection to a Gearman server: frames in, bounded writes out, questions after handles, heartbeat, and one end.

import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { ConnectionId, Handle } from '../gate/ids.ts';
import type { Address } from './address.ts';
import { request, splitArguments, type Frame } from './frame.ts';
import { createFrameReader } from './frame-reader.ts';
import type { HandleStatus } from './gearman.ts';
import { startHeartbeat } from './heartbeat.ts';
import type { GearmanLimits, GearmanTimes } from './options.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { packetName, packetType } from './packet-type.ts';
import { printable, reasonOf } from './printable.ts';
import { createStatuses } from './statuses.ts';
import { textOf } from './wire-text.ts';

/** Asked for when no job runs: both servers answer GET_STATUS of a handle that they do not know. */
const madeUpHandle = 'H:gearbridge:0';

export interface WireOptions {
  readonly address: Address;
  readonly times: GearmanTimes;
  readonly limits: GearmanLimits;
  /** NOOP, NO_JOB and JOB_ASSIGN_UNIQ. */
  frame(frame: Frame): void;
  /** The kept beginning of a JOB_ASSIGN_UNIQ that was read past. */
  tooLarge(frame: Frame): void;
  /** An ERROR packet, printable. It names no handle. */
  serverError(code: string, text: string): void;
  /** A packet that has no business here. */
  stray(name: string): void;
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
  const { address, times, limits } = options;
  const id = `${address.text}/${randomBytes(8).toString('hex')}` as ConnectionId;
  const statuses = createStatuses(limits.statuses, () =>
    lose(`${limits.statuses} questions after handles are unanswered`),
  );
  const outbox = createOutbox(socket, limits, (bytes) =>
    lose(`${bytes} bytes wait and the server does not read`),
  );
  let state: 'open' | 'lost' | 'closing' = 'open';
  let packetTimer: NodeJS.Timeout | undefined;

  const reader = createFrameReader(
    {
      frame: receive,
      readsPast: (type) => type === packetType.JOB_ASSIGN_UNIQ,
      tooLarge: (frame) => options.tooLarge(frame),
      line: (text) => lose(`the server said ${printable(text.toString('latin1'), 60)}, which is no packet`),
      broken: (why) => lose(why),
    },
    { largest: limits.packet, longestLine: 1024 },
  );
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

  function receive(frame: Frame): void {
    if (frame.magic !== 'RES') lose(`the server sent a request (${packetName(frame.type)}) to a worker`);
    else if (frame.type === packetType.STATUS_RES) receiveStatus(frame.body);
    else if (frame.type === packetType.ERROR) receiveError(frame.body);
    else if (isForWorkers(frame.type)) options.frame(frame);
    else options.stray(packetName(frame.type));
  }

  function receiveStatus(body: Buffer): void {
    // Five arguments; geard leaves the last two empty for a handle that it does not know.
    const [handle, known, running] = splitArguments(body, 5)?.map((part) => part.toString('latin1')) ?? [];
    if (handle === undefined) {
      lose('a STATUS_RES with less than its five arguments');
      return;
    }
    const answer = known !== '1' ? 'unknown' : running === '1' ? 'running' : 'queued';
    if (!statuses.answer(handle, answer)) options.stray('STATUS_RES that nobody asked for');
  }

  function receiveError(body: Buffer): void {
    const [code, text] = splitArguments(body, 2) ?? [body, Buffer.alloc(0)];
    options.serverError(printable(textOf(code ?? body), 60), printable(textOf(text ?? Buffer.alloc(0))));
  }

  function received(chunk: Buffer): void {
    heartbeat.heard();
    reader.push(chunk);
    if (!reader.isPartial() || state !== 'open') {
      clearTimeout(packetTimer);
      packetTimer = undefined;
    } else {
      packetTimer ??= setTimeout(() => lose(`a packet did not end within ${times.packet} ms`), times.packet);
    }
  }

  function stopAll(next: 'lost' | 'closing'): boolean {
    if (state !== 'open') return false;
    state = next;
    heartbeat.stop();
    reader.stop();
    clearTimeout(packetTimer);
    statuses.close();
    outbox.close();
    return true;
  }

  function lose(why: string): void {
    if (!stopAll('lost')) return;
    socket.destroy();
    options.lost(why);
  }

  socket.on('data', received);
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
      return new Promise((resolve) => {
        if (socket.closed) {
          resolve();
          return;
        }
        const timer = setTimeout(() => socket.destroy(), times.flush);
        socket.once('close', () => {
          clearTimeout(timer);
          resolve();
        });
        socket.destroySoon();
      });
    },
  };
}

function isForWorkers(type: number): boolean {
  return type === packetType.NOOP || type === packetType.NO_JOB || type === packetType.JOB_ASSIGN_UNIQ;
}
