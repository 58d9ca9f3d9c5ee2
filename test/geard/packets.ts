// What the stand-in does with each packet. What is not in the table is passed over in silence, as geard does with
// OPTION_REQ, ECHO_REQ, GRAB_JOB, GRAB_JOB_ALL, CAN_DO_TIMEOUT and every type that it does not know.

import { splitArguments } from '../../src/gearman/frame.ts';
import { packetType, type PacketType } from '../../src/gearman/packet-type.ts';
import type { GeardConnection } from './connection.ts';
import type { GeardJob, JobQueue, Precedence } from './queue.ts';

export interface GeardState {
  readonly jobs: JobQueue;
  readonly connections: Set<GeardConnection>;
  /** Every function that was ever registered: `status` lists it for ever. */
  readonly known: Set<string>;
  /** Handles count from 1 in each life of the server. */
  lastHandle: number;
}

type Handler = (state: GeardState, from: GeardConnection, body: Buffer) => void;

const { WORK_COMPLETE, WORK_DATA, WORK_EXCEPTION, WORK_FAIL, WORK_STATUS, WORK_WARNING } = packetType;

const handlers = new Map<number, Handler>([
  [packetType.SET_CLIENT_ID, (_state, from, body) => void (from.clientId = first(body))],
  [packetType.CAN_DO, canDo],
  [packetType.CANT_DO, cantDo],
  [packetType.RESET_ABILITIES, (_state, from) => from.functions.clear()],
  [packetType.PRE_SLEEP, preSleep],
  [packetType.GRAB_JOB_UNIQ, grab],
  [packetType.GET_STATUS, getStatus],
  [packetType.SUBMIT_JOB, submit('normal', false)],
  [packetType.SUBMIT_JOB_HIGH, submit('high', false)],
  [packetType.SUBMIT_JOB_LOW, submit('low', false)],
  [packetType.SUBMIT_JOB_BG, submit('normal', true)],
  [packetType.SUBMIT_JOB_HIGH_BG, submit('high', true)],
  [packetType.SUBMIT_JOB_LOW_BG, submit('low', true)],
  [WORK_DATA, passOn(WORK_DATA, false)],
  [WORK_WARNING, passOn(WORK_WARNING, false)],
  [WORK_STATUS, passOn(WORK_STATUS, false)],
  [WORK_COMPLETE, passOn(WORK_COMPLETE, true)],
  [WORK_FAIL, passOn(WORK_FAIL, true)],
  [WORK_EXCEPTION, passOn(WORK_EXCEPTION, true)],
]);

/** Handles one packet from a connection. */
export function handlePacket(
  state: GeardState,
  from: GeardConnection,
  packet: { readonly type: number; readonly body: Buffer },
): void {
  handlers.get(packet.type)?.(state, from, packet.body);
}

function first(body: Buffer): string {
  return (splitArguments(body, 2)?.[0] ?? body).toString('utf8');
}

function canDo(state: GeardState, from: GeardConnection, body: Buffer): void {
  from.functions.add(first(body));
  state.known.add(first(body));
}

// The name must be there: the real one raises in its handler, and drops the connection for that.
function cantDo(_state: GeardState, from: GeardConnection, body: Buffer): void {
  if (!from.functions.delete(first(body))) from.close();
}

function preSleep(state: GeardState, from: GeardConnection): void {
  from.isAsleep = true;
  if (state.jobs.next(from.functions) !== undefined) rouse(from);
}

function rouse(worker: GeardConnection): void {
  worker.isAsleep = false;
  worker.respond(packetType.NOOP);
}

function grab(state: GeardState, from: GeardConnection): void {
  const job = state.jobs.next(from.functions);
  if (job === undefined) {
    from.respond(packetType.NO_JOB);
    return;
  }
  job.worker = from;
  from.respond(packetType.JOB_ASSIGN_UNIQ, job.handle, job.function, job.unique, job.payload);
}

// Its numbers are empty strings where there are none, also for an unknown handle.
function getStatus(state: GeardState, from: GeardConnection, body: Buffer): void {
  const handle = first(body);
  const job = state.jobs.get(handle);
  const known = job === undefined ? '0' : '1';
  const running = job?.worker ? '1' : '0';
  from.respond(packetType.STATUS_RES, handle, known, running, job?.numerator ?? '', job?.denominator ?? '');
}

function submit(precedence: Precedence, background: boolean): Handler {
  return (state, from, body) => {
    const [name, unique, payload] = splitArguments(body, 3) ?? [];
    if (name === undefined || unique === undefined || payload === undefined) return;
    state.lastHandle += 1;
    const job: GeardJob = {
      handle: `H:${from.host}:${state.lastHandle}`,
      function: name.toString('utf8'),
      unique: unique.toString('utf8'),
      payload,
      precedence,
      client: background ? null : from,
      worker: null,
      numerator: '',
      denominator: '',
    };
    // The same unique id twice is two jobs: it is not looked at.
    state.jobs.add(job);
    from.respond(packetType.JOB_CREATED, job.handle);
    for (const worker of state.connections)
      if (worker.isAsleep && worker.functions.has(job.function)) rouse(worker);
  };
}

// Anybody may: there is no look at whose job it is. Of an unknown handle nothing is said.
function passOn(type: PacketType, ends: boolean): Handler {
  return (state, _from, body) => {
    const job = state.jobs.get(first(body));
    if (job === undefined) return;
    if (type === WORK_STATUS) {
      const [, numerator, denominator] = splitArguments(body, 3) ?? [];
      job.numerator = numerator?.toString('latin1') ?? '';
      job.denominator = denominator?.toString('latin1') ?? '';
    }
    job.client?.respond(type, body);
    if (ends) state.jobs.remove(job);
  };
}

/** A connection is gone: its clients hear WORK_FAIL, with magic REQ; jobs that it submitted are dropped, also running ones. */
export function connectionLost(state: GeardState, gone: GeardConnection): void {
  state.connections.delete(gone);
  for (const job of state.jobs.all()) {
    if (job.worker === gone) job.client?.request(WORK_FAIL, job.handle);
    if (job.worker === gone || job.client === gone) state.jobs.remove(job);
  }
}
