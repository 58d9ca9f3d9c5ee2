// The connection on which `build:` jobs come in and their answers go out. It dials again for ever; each connection that
// stands is an instance of its own, with an id of its own, and its handles end with it (RUNS.md 9.1).

import type { Socket } from 'node:net';
import type { ConnectionId, Handle } from '../gate/ids.ts';
import type { ServerKind } from '../gate/job.ts';
import { request } from './frame.ts';
import type { BuildConnection, GearmanListener, HandleStatus } from './gearman.ts';
import type { SessionJob } from './job-intake.ts';
import { keepSession } from './kept-session.ts';
import { packetType } from './packet-type.ts';
import { startSession, type Session, type Surroundings } from './session.ts';

export interface BuildSideOptions {
  readonly around: Surroundings;
  readonly clientId: string;
  readonly listener: GearmanListener;
  /** The full set to be served now. */
  functions(): ReadonlySet<string>;
  /** Finds out what the server is; null when the session was lost before that was known. */
  askKind(session: Session): Promise<ServerKind | null>;
  /** The server has answered on this connection: others may be made now (GATEKEEPER.md 5.4). */
  answered(): void;
  up(): void;
  trouble(why: string): void;
}

/** A WORK_DATA: the object as JSON, and whether it is the first of its job. */
export interface Update {
  readonly json: Buffer;
  readonly first: boolean;
}

export interface BuildSide {
  /** The instance that is up. */
  current(): BuildConnection | null;
  hasAnswered(): boolean;
  /** The functions have changed. */
  serve(): void;
  wake(): void;
  data(connection: ConnectionId, handle: Handle, update: Update): boolean;
  finish(
    connection: ConnectionId,
    handle: Handle,
    json: Buffer,
  ): Promise<'confirmed' | 'unconfirmed' | 'lost'>;
  /** On that instance, or on whichever is up. */
  status(handle: Handle, connection: ConnectionId | null): Promise<HandleStatus>;
  drop(connection: ConnectionId, why: string): void;
  close(): Promise<void>;
}

interface Instance {
  readonly session: Session;
  kind: ServerKind | null;
  hasAnswered: boolean;
  /** Set once, when it is up. */
  up: BuildConnection | null;
  /** Counts the sets of functions registered on it, and which of them the server has read. */
  set: number;
  readSet: number;
}

/** Begins to connect at once. */
export function startBuildSide(options: BuildSideOptions): BuildSide {
  const { around, listener } = options;
  let instance: Instance | null = null;

  const kept = keepSession({
    around,
    mayDial: () => true,
    begin,
    failed: (why) => options.trouble(why),
  });

  function begin(socket: Socket, next: () => void): Session {
    const session = startSession(socket, around, {
      clientId: options.clientId,
      mayGrab: () => mine.up !== null && listener.mayGrab(mine.up),
      job: (job) => assigned(mine, job),
      doubt: () => mine.up !== null && listener.doubted?.(mine.up.connection),
      lost: (why) => lost(mine, why, next),
    });
    const mine: Instance = { session, kind: null, hasAnswered: false, up: null, set: 0, readSet: 0 };
    instance = mine;
    void register(mine);
    return session;
  }

  async function register(mine: Instance): Promise<void> {
    const set = (mine.set += 1);
    // Unanswered in time is no reason to part: geard is deaf for seconds while it reads a large payload. The heartbeat
    // ends what stays silent.
    while (!(await mine.session.serve(options.functions()))) if (mine.session.wire.isLost()) return;
    mine.readSet = Math.max(mine.readSet, set);
    if (!mine.hasAnswered) {
      mine.hasAnswered = true;
      options.answered();
      mine.kind = await options.askKind(mine.session);
    }
    // The kind may come before or after the answer to a newer set: whoever is last finds both.
    const isRead = mine.readSet === mine.set;
    const isUp = mine.kind !== null && isRead && mine.up === null && !mine.session.wire.isLost();
    if (isUp && mine.kind !== null) tellUp(mine, mine.kind);
  }

  function tellUp(mine: Instance, serverKind: ServerKind): void {
    mine.up = { connection: mine.session.wire.id, server: around.address.text, serverKind };
    options.up();
    listener.up(mine.up);
    mine.session.wake();
  }

  function assigned(mine: Instance, job: SessionJob): void {
    if (mine.up !== null) listener.assigned({ ...mine.up, ...job });
  }

  function lost(mine: Instance, why: string, next: () => void): void {
    if (instance === mine) instance = null;
    const text = `build connection to Gearman server ${around.address.text} lost: ${why}; it is made again`;
    around.log('warn', text);
    options.trouble(text);
    next();
    if (mine.up !== null) listener.lost(mine.up.connection, why);
  }

  /** The session of an instance that is up. */
  function at(connection: ConnectionId): Session | null {
    return instance?.up?.connection === connection ? instance.session : null;
  }

  return {
    current: () => instance?.up ?? null,
    hasAnswered: () => instance?.hasAnswered ?? false,
    serve: () => instance !== null && void register(instance),
    wake: () => instance?.session.wake(),
    data: (connection, handle, update) => sendUpdate(at(connection), handle, update),
    finish: (connection, handle, json) =>
      sendEnd(at(connection), handle, { json, within: around.times.finish }),
    status: (handle, connection) =>
      ask(connection === null ? (instance?.session ?? null) : at(connection), handle),
    drop: (connection, why) => at(connection)?.wire.lose(why),
    close() {
      instance = null;
      return kept.close();
    },
  };
}

function sendUpdate(session: Session | null, handle: Handle, update: Update): boolean {
  if (session === null || !session.has(handle)) return false;
  const data = request(packetType.WORK_DATA, handle, update.json);
  // In one write, so that the gatekeeper has number and manager before anything can come in between (GATEKEEPER.md 2.2).
  const first = [data, request(packetType.WORK_STATUS, handle, '0', '100')];
  return session.wire.outbox.update(
    handle,
    update.first ? { keep: Buffer.concat(first), newest: Buffer.alloc(0) } : { keep: null, newest: data },
  );
}

type Ending = 'confirmed' | 'unconfirmed' | 'lost';

function sendEnd(
  session: Session | null,
  handle: Handle,
  end: { readonly json: Buffer; readonly within: number },
): Promise<Ending> {
  if (session === null) return Promise.resolve('lost');
  if (!session.has(handle)) return Promise.resolve('unconfirmed');
  const question = session.wire.question(handle);
  const bytes = Buffer.concat([
    question.bytes,
    request(packetType.WORK_DATA, handle, end.json),
    request(packetType.WORK_COMPLETE, handle, end.json),
    question.bytes,
  ]);
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve('unconfirmed'), end.within);
    const settle = (ending: Ending): void => {
      clearTimeout(timer);
      resolve(ending);
    };
    const taken = session.wire.outbox.last(handle, {
      bytes,
      written() {
        session.forget(handle);
        void Promise.all([question.expect(end.within), question.expect(end.within)]).then(
          ([before, after]) => {
            const known = before === 'running' || before === 'queued';
            if (known && after === 'unknown') settle('confirmed');
            else settle(after === 'silent' && session.wire.isLost() ? 'lost' : 'unconfirmed');
          },
        );
      },
      dropped: () => settle('lost'),
    });
    if (!taken) settle('unconfirmed');
  });
}

async function ask(session: Session | null, handle: Handle): Promise<HandleStatus> {
  if (session === null) return 'silent';
  const status = await session.wire.status(handle);
  // What the server does not know is not in work here either, and no reason to keep its function registered.
  if (status === 'unknown') session.forget(handle);
  return status;
}
