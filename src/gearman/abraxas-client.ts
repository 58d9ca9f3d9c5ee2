// One abraxas client on a stream of ours, for the life of one connection. It sees one function and short names of ours for
// jobs, whole known packets and no losses; of what it writes only GRAB_JOB_UNIQ and PRE_SLEEP mean something. So most of
// the 28 defects of GEARMAN.md section 4 cannot arise: its reconnecting, its errors, its 64 byte names, its endings.

import { Duplex } from 'node:stream';
import { Client, type Transport, type WorkerTask } from 'abraxas';
import { response, type Frame } from './frame.ts';
import { createFrameReader } from './frame-reader.ts';
import { packetType } from './packet-type.ts';

/** The only function that abraxas knows. */
const functionName = 'job';

export interface AbraxasOptions {
  /** abraxas is about to sleep, or wants a job. */
  preSleep(): void;
  grab(): void;
  /** A job that was given has been read; `ticket` as it was given. */
  job(ticket: string, payload: Buffer): void;
  /** Something that the transport should have made impossible. */
  trouble(error: Error): void;
}

export interface AbraxasClient {
  /** Hands it a packet without a body. */
  step(step: 'NOOP' | 'NO_JOB'): void;
  /** Hands it a job under a name of at most 63 letters. */
  assign(ticket: string, payload: Buffer): void;
  end(): void;
}

/** Starts a client that believes itself connected. */
export function startAbraxas(options: AbraxasOptions): AbraxasClient {
  let ended = false;
  const give = (bytes: Buffer): void => {
    if (!ended) transport.push(bytes);
  };
  const reader = createFrameReader(
    {
      frame: (frame) => took(frame, options, give),
      readsPast: () => false,
      tooLarge: () => undefined,
      line: () => undefined,
      broken: (why) => options.trouble(new Error(`abraxas wrote what is no packet: ${why}`)),
    },
    { largest: 1 << 20, longestLine: 1024 },
  );
  const transport = asTransport((chunk) => {
    if (!ended) reader.push(chunk);
  });
  const client = Client.connect({
    servers: [
      (onConnect) => {
        setImmediate(() => {
          if (!ended) onConnect();
        });
        return transport;
      },
    ],
    // One grab at a time. Jobs in work do not count: each is ended for abraxas as soon as it has been read. With a higher
    // number abraxas sends that many GRABs at each NOOP.
    maxJobs: 1,
    defaultEncoding: 'buffer',
  });
  for (const event of ['error', 'warn', 'connection-error'] as const)
    client.on(event, (error) => options.trouble(error));
  client.registerWorker(functionName, (task) => {
    deliver(task);
    // No return value: abraxas would take it for the answer, and a task for a promise (defects 18, 21, 22).
    return undefined;
  });

  function deliver(task: WorkerTask): void {
    try {
      if (!ended) options.job(task.jobid, payloadOf(task));
    } finally {
      client.endWork(task.jobid);
    }
  }

  return {
    step: (step) => give(response(packetType[step])),
    assign: (ticket, payload) =>
      give(response(packetType.JOB_ASSIGN_UNIQ, ticket, functionName, '', payload)),
    end() {
      ended = true;
      client.disconnect();
    },
  };
}

function took(frame: Frame, options: AbraxasOptions, give: (bytes: Buffer) => void): void {
  switch (frame.type) {
    // Never sent on: geard does not answer it, and the option is of use to clients only (defect 1).
    case packetType.OPTION_REQ:
      give(response(packetType.OPTION_RES, frame.body));
      return;
    case packetType.PRE_SLEEP:
      options.preSleep();
      return;
    case packetType.GRAB_JOB_UNIQ:
      options.grab();
      return;
    default:
    // CAN_DO of its one function; WORK_* it writes only when something of ours threw. Functions and answers are sent by us.
  }
}

function payloadOf(task: WorkerTask): Buffer {
  return typeof task.payload === 'string' ? Buffer.from(task.payload) : Buffer.from(task.payload);
}

function asTransport(written: (chunk: Buffer) => void): Transport {
  const duplex = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      written(chunk);
      done();
    },
  });
  const self = (): Duplex => duplex;
  return Object.assign(duplex, {
    setNoDelay: self,
    setKeepAlive: self,
    ref: self,
    unref: self,
    remoteAddress: '127.0.0.1',
    remotePort: 0,
  });
}
