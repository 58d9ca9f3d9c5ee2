// A gatekeeper's side of Gearman for tests: submits in the foreground as Zuul 2.6 does and keeps every packet that comes
// back. What Zuul makes of them is in `build`: the JSON of the last packet that carried data is the state.

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { request, splitArguments, type Frame } from '../src/gearman/frame.ts';
import { createFrameReader } from '../src/gearman/frame-reader.ts';
import { packetName, packetType } from '../src/gearman/packet-type.ts';
import { until } from './until.ts';

export interface ReceivedPacket {
  readonly name: string;
  /** geard sends WORK_FAIL with magic REQ when the worker is lost; a client must take it (GATEKEEPER.md 10, line 14). */
  readonly magic: 'REQ' | 'RES';
  /** What follows the handle. */
  readonly body: Buffer;
  /** `performance.now()` of its coming. */
  readonly at: number;
}

/** How a build looks to Zuul 2.6. */
export interface GatekeeperBuild {
  /** The first number and manager count for ever. */
  number: unknown;
  manager: unknown;
  /** From data before the end only. */
  url: unknown;
  started: boolean;
  ended: boolean;
  /** Of the last data; undefined before the end or where there is none. */
  result: unknown;
  last: Record<string, unknown> | null;
}

export interface SubmittedJob {
  readonly handle: string;
  readonly unique: string;
  readonly submittedAt: number;
  readonly packets: readonly ReceivedPacket[];
  readonly build: Readonly<GatekeeperBuild>;
  /** Waits for the first packet of that name. */
  packet(name: string, within?: number): Promise<ReceivedPacket>;
  /** Waits for the end packet. */
  ended(within?: number): Promise<ReceivedPacket>;
}

export interface SubmitOptions {
  /** Default: 32 hex digits, as Zuul's. */
  readonly unique?: string;
  readonly precedence?: 'high' | 'normal' | 'low';
  readonly background?: boolean;
}

export interface GearmanClient {
  /** Resolves with JOB_CREATED; several submissions are answered in their order. */
  submit(name: string, args: object | Buffer | string, options?: SubmitOptions): Promise<SubmittedJob>;
  /** The four values of STATUS_RES, as the server wrote them. */
  status(handle: string): Promise<string[]>;
  /** An admin line on this very connection, as Zuul sends `cancel job`; `single`: the answer is one line. */
  admin(line: string, single: boolean, within?: number): Promise<string[]>;
  /** ERROR packets. */
  readonly errors: readonly string[];
  isOpen(): boolean;
  close(): void;
}

const submissions = {
  high: packetType.SUBMIT_JOB_HIGH,
  normal: packetType.SUBMIT_JOB,
  low: packetType.SUBMIT_JOB_LOW,
} as const;
const backgrounds = {
  high: packetType.SUBMIT_JOB_HIGH_BG,
  normal: packetType.SUBMIT_JOB_BG,
  low: packetType.SUBMIT_JOB_LOW_BG,
} as const;

/** Connects to a Gearman server; rejects when nobody listens. */
export async function connectGearmanClient(port: number, host = '127.0.0.1'): Promise<GearmanClient> {
  const socket = connect({ host, port, noDelay: true });
  await once(socket, 'connect');
  return clientOn(socket);
}

function clientOn(socket: Socket): GearmanClient {
  const created: ((handle: string) => void)[] = [];
  const statuses = new Map<string, ((values: string[]) => void)[]>();
  const jobs = new Map<string, JobRecord[]>();
  const errors: string[] = [];
  let lines: string[] = [];

  const reader = createFrameReader(
    {
      frame: receive,
      readsPast: () => false,
      tooLarge: () => undefined,
      line: (text) => lines.push(text.toString('utf8')),
      broken: (why) => socket.destroy(new Error(why)),
    },
    { largest: 256 << 20, longestLine: 1 << 20 },
  );
  socket.on('data', (chunk: Buffer) => reader.push(chunk));
  socket.on('error', (error) => errors.push(error.message));

  function receive(frame: Frame): void {
    if (frame.type === packetType.JOB_CREATED) created.shift()?.(frame.body.toString('latin1'));
    else if (frame.type === packetType.ERROR) errors.push(frame.body.toString('latin1').replace('\0', ' '));
    else if (frame.type === packetType.STATUS_RES) {
      const [handle = '', ...values] = frame.body.toString('latin1').split('\0');
      statuses.get(handle)?.shift()?.(values);
    } else {
      const [handle, body] = splitArguments(frame.body, 2) ?? [frame.body, Buffer.alloc(0)];
      // On gearmand two submissions with one unique id are one job with one handle.
      for (const job of jobs.get(handle?.toString('latin1') ?? '') ?? [])
        job.take(frame, body ?? Buffer.alloc(0));
    }
  }

  return {
    errors,
    isOpen: () => !socket.destroyed,
    close: () => socket.destroy(),
    submit(name, args, options = {}) {
      const { precedence = 'normal', background = false } = options;
      const unique = options.unique ?? randomUUID().replaceAll('-', '');
      const payload = Buffer.isBuffer(args) || typeof args === 'string' ? args : JSON.stringify(args);
      const type = (background ? backgrounds : submissions)[precedence];
      return new Promise((resolve) => {
        created.push((handle) => {
          const job = recordOf(handle, unique);
          jobs.set(handle, [...(jobs.get(handle) ?? []), job]);
          resolve(job.view);
        });
        socket.write(request(type, name, unique, payload));
      });
    },
    status: (handle) =>
      new Promise((resolve) => {
        statuses.set(handle, [...(statuses.get(handle) ?? []), resolve]);
        socket.write(request(packetType.GET_STATUS, handle));
      }),
    async admin(line, single, within = 5000) {
      lines = [];
      socket.write(`${line}\n`);
      await until(() => (single ? lines.length > 0 : lines.at(-1) === '.'), {
        within,
        what: `the answer to ${line}`,
      });
      return lines;
    },
  };
}

interface JobRecord {
  readonly view: SubmittedJob;
  take(frame: Frame, body: Buffer): void;
}

function recordOf(handle: string, unique: string): JobRecord {
  const packets: ReceivedPacket[] = [];
  const build: GatekeeperBuild = {
    number: undefined,
    manager: undefined,
    url: undefined,
    started: false,
    ended: false,
    result: undefined,
    last: null,
  };
  const find = (
    test: (packet: ReceivedPacket) => boolean,
    what: string,
    within = 10_000,
  ): Promise<ReceivedPacket> =>
    until(() => packets.find(test), { within, what: `${what} for job ${handle}` });
  return {
    take(frame, body) {
      const name = packetName(frame.type);
      packets.push({ name, magic: frame.magic, body, at: performance.now() });
      follow(build, name, body);
    },
    view: {
      handle,
      unique,
      submittedAt: performance.now(),
      packets,
      build,
      packet: (name, within) => find((packet) => packet.name === name, name, within),
      ended: (within) => find((packet) => endings.has(packet.name), 'an end packet', within),
    },
  };
}

const endings = new Set(['WORK_COMPLETE', 'WORK_FAIL', 'WORK_EXCEPTION']);

/** GATEKEEPER.md 2.1: which packet changes what. */
function follow(build: GatekeeperBuild, name: string, body: Buffer): void {
  if ((name === 'WORK_DATA' || name === 'WORK_WARNING' || name === 'WORK_COMPLETE') && body.length > 0)
    build.last = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
  if (name === 'WORK_DATA' || name === 'WORK_STATUS') {
    build.url = build.last?.['url'] ?? build.url;
    build.started = true;
    if (build.number === undefined) {
      build.number = build.last?.['number'];
      build.manager = build.last?.['manager'];
    }
  }
  if (endings.has(name)) {
    build.ended = true;
    build.result = build.last?.['result'];
  }
}
