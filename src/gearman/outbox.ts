// What leaves on one connection, in bounded memory. While the socket is congested an update replaces the one before it of
// the same job, for only the newest says how things stand; a last word never gives way (GEARMAN.md defect 27).

import type { GearmanLimits } from './options.ts';

/** The part of a socket that is written to. */
export interface Sink {
  /** Bytes taken and not yet given to the kernel. */
  readonly writableLength: number;
  write(bytes: Buffer): boolean;
}

export interface Outbox {
  /** Writes at once: small packets that others wait for. */
  now(bytes: Buffer): void;
  /** An update of a job. False: too much waits, it was not taken. `keep` is sent before whatever replaces it. */
  update(job: string, parts: { readonly keep: Buffer | null; readonly newest: Buffer }): boolean;
  /** The last packets of a job. False: it has had its last ones, these were not taken. */
  last(job: string, last: Last): boolean;
  /** The socket has room again. */
  drained(): void;
  /** Bytes that wait here, the socket's not counted. */
  waiting(): number;
  /** Nothing more leaves. */
  close(): void;
}

export interface Last {
  readonly bytes: Buffer;
  /** Called once: they went into the socket, or the connection ended before. */
  written(): void;
  dropped(): void;
}

interface Waiting {
  readonly keep: Buffer | null;
  readonly newest: Buffer | null;
  readonly last: Last | null;
}

type OutboxLimits = Pick<GearmanLimits, 'congested' | 'waiting' | 'backlog'>;

/** `overflow` is told when more than `backlog` bytes are on their way: the peer does not read. */
export function createOutbox(socket: Sink, limits: OutboxLimits, overflow: (bytes: number) => void): Outbox {
  const queue = new Map<string, Waiting>();
  let bytes = 0;
  let closed = false;

  const isCongested = (): boolean => queue.size > 0 || socket.writableLength > limits.congested;

  function put(job: string, entry: Waiting): void {
    bytes += sizeOf(entry) - sizeOf(queue.get(job));
    queue.set(job, entry);
  }

  function send(entry: Waiting): void {
    write(
      Buffer.concat([entry.keep, entry.newest, entry.last?.bytes ?? null].filter((part) => part !== null)),
    );
    entry.last?.written();
  }

  function checkBacklog(): void {
    const all = socket.writableLength + bytes;
    if (all > limits.backlog) overflow(all);
  }

  function write(data: Buffer): void {
    if (closed) return;
    socket.write(data);
    checkBacklog();
  }

  function update(job: string, parts: { readonly keep: Buffer | null; readonly newest: Buffer }): boolean {
    const before = queue.get(job);
    if (closed || (before !== undefined && before.last !== null)) return false;
    const entry = { keep: before?.keep ?? parts.keep, newest: parts.newest, last: null };
    if (!isCongested()) send(entry);
    else if (bytes + sizeOf(entry) - sizeOf(before) > limits.waiting) return false;
    else put(job, entry);
    return true;
  }

  function last(job: string, end: Last): boolean {
    const before = queue.get(job);
    if (closed || (before !== undefined && before.last !== null)) return false;
    // Updates that still wait are void: the last packets say all. What must be kept goes before them.
    const entry = { keep: before?.keep ?? null, newest: null, last: end };
    if (!isCongested()) send(entry);
    else {
      put(job, entry);
      checkBacklog();
    }
    return true;
  }

  return {
    now: write,
    update,
    last,
    drained() {
      for (const [job, entry] of queue) {
        if (closed || socket.writableLength > limits.congested) return;
        queue.delete(job);
        bytes -= sizeOf(entry);
        send(entry);
      }
    },
    waiting: () => bytes,
    close() {
      closed = true;
      const left = [...queue.values()];
      queue.clear();
      bytes = 0;
      for (const entry of left) entry.last?.dropped();
    },
  };
}

function sizeOf(entry: Waiting | undefined): number {
  return (entry?.keep?.length ?? 0) + (entry?.newest?.length ?? 0) + (entry?.last?.bytes.length ?? 0);
}
