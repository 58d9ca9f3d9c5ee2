// The daemon's port to one simulated Gearman server: one build connection, one control connection, admin questions.

import type { ConnectionId, Handle } from '../../../src/gate/ids.ts';
import type {
  BuildConnection,
  Gearman,
  GearmanListener,
  HandleStatus,
} from '../../../src/gearman/gearman.ts';
import type { Chance } from '../flakes/chance.ts';
import type { GearmanServer, ServerJob } from './gearman-server.ts';
import { theWorld, type Time } from './time.ts';

export interface GearmanPort extends Gearman {
  /** Its connections as they are now. */
  ends(): readonly string[];
  /** We see our connection end; the server does so only after so many milliseconds. */
  cutSilently(noticed: number): void;
}

/** Milliseconds. */
const dialAgain = 500;

export function createGearmanPort(
  parts: {
    readonly time: Time;
    readonly chance: Chance;
    readonly server: GearmanServer;
    readonly manager: string;
    /** The name of the daemon where several share a store. */
    readonly instance?: string | undefined;
  },
  listener: GearmanListener,
): GearmanPort {
  const { time, chance, server, manager, instance } = parts;
  const life = time.owner();
  let functions: ReadonlySet<string> = new Set();
  let build: BuildConnection | null = null;
  let grabbing = false;
  let again = false;
  let closed = false;
  let control: string | null = null;
  const controlNames = new Set([`stop:${manager}`, `set_description:${manager}`]);

  const dead = (): boolean => closed || time.hasEnded(life);
  const hop = (): number => 0.2 + 2 * chance();
  /** From us to the server: what has left arrives, whatever becomes of us. */
  const there = (task: () => void): void => time.after(hop(), task, theWorld);
  /** From the server to us: nothing reaches a dead process. */
  const back = (task: () => void): void => time.after(hop(), task, life);

  const isMine = (connection: string): boolean => build?.connection === connection;

  const dial = (): void => {
    if (dead()) return;
    if (!server.isUp()) {
      time.after(dialAgain, dial, life);
      return;
    }
    const side = {
      noop: () => back(() => isMine(id) && grab()),
      lost: (why: string) => back(() => lose(id, why)),
    };
    const id = server.connect(side, instance);
    back(() => {
      if (dead()) return;
      build = { connection: id as ConnectionId, server: server.name, serverKind: server.kind };
      grabbing = false;
      listener.up(build);
      grab();
    });
  };

  const lose = (connection: string, why: string): void => {
    if (!isMine(connection) || dead()) return;
    build = null;
    listener.lost(connection as ConnectionId, why);
    time.after(50 + 200 * chance(), dial, life);
  };

  const take = (mine: BuildConnection, job: ServerJob): void => {
    if (!isMine(mine.connection)) return;
    const { handle, unique, payload } = job;
    listener.assigned({
      ...mine,
      handle: handle as Handle,
      function: job.function,
      unique,
      payload: Buffer.from(payload),
    });
  };

  /** One grab at a time; where one job was there is often another (GATEKEEPER.md 4.2). */
  const grab = (): void => {
    const mine = build;
    if (mine === null || dead()) return;
    if (grabbing) {
      again = true;
      return;
    }
    if (!listener.mayGrab(mine)) return;
    grabbing = true;
    again = false;
    there(() => {
      const job = server.grab(mine.connection, functions);
      back(() => {
        if (isMine(mine.connection)) grabbing = false;
        if (job !== null) take(mine, job);
        if (job !== null || again) grab();
      });
    });
  };

  const ask = <Value>(question: () => Value): Promise<Value | null> =>
    new Promise((resolve) => {
      there(() => {
        const answer = server.isUp() ? question() : null;
        back(() => resolve(answer));
      });
    });

  const statusOf = async (handle: string): Promise<HandleStatus> =>
    (await ask(() => server.status(handle))) ?? 'silent';

  /** A stop comes on a connection of its own, which never fills up. */
  const dialControl = (): void => {
    if (dead()) return;
    if (!server.isUp()) {
      time.after(dialAgain, dialControl, life);
      return;
    }
    const id = server.connect({
      noop: () => back(serveControl),
      lost: () => {
        control = null;
        back(() => time.after(dialAgain, dialControl, life));
      },
    });
    control = id;
    serveControl();
  };

  const serveControl = (): void => {
    const mine = control;
    if (mine === null || dead()) return;
    there(() => {
      const job = server.grab(mine, controlNames);
      if (job === null) return;
      back(() => {
        const end = (object: '' | null) => (): void => there(() => server.complete(mine, job.handle, object));
        const kind = job.function.startsWith('stop:') ? 'stop' : 'set_description';
        listener.control({ kind, payload: Buffer.from(job.payload), complete: end(''), fail: end(null) });
        serveControl();
      });
    });
  };

  time.after(5 + 20 * chance(), dial, life);
  time.after(30, dialControl, life);

  return {
    ends: () => [...(build === null ? [] : [build.connection]), ...(control === null ? [] : [control])],
    cutSilently(noticed) {
      const connection = build?.connection;
      if (connection === undefined) return;
      // The daemon's own code runs in its own turn, so that it ends with it.
      time.after(0, () => lose(connection, 'the connection was cut without a word'), life);
      time.after(noticed, () => server.disconnect(connection), theWorld);
    },
    serve(names) {
      functions = new Set(names);
      grab();
    },
    wake: grab,
    data(connection, handle, state) {
      if (!isMine(connection) || dead()) return false;
      const object = JSON.stringify(state);
      there(() => server.data(connection, handle, object));
      return true;
    },
    async finish(connection, handle, state) {
      if (dead()) return new Promise(() => undefined);
      if (!isMine(connection)) return 'lost';
      const object = JSON.stringify(state);
      const outcome = await ask(() => {
        if (!server.isConnected(connection)) return 'lost' as const;
        const before = server.status(handle);
        server.data(connection, handle, object);
        server.complete(connection, handle, object);
        return before !== 'unknown' && server.status(handle) === 'unknown'
          ? ('confirmed' as const)
          : ('unconfirmed' as const);
      });
      return isMine(connection) ? (outcome ?? 'lost') : 'lost';
    },
    status: async (where, handle) =>
      'connection' in where && !isMine(where.connection)
        ? 'silent'
        : build === null
          ? 'silent'
          : statusOf(handle),
    drop(connection, why) {
      if (!isMine(connection)) return;
      lose(connection, why);
      there(() => server.disconnect(connection));
    },
    connections: () => (build === null ? [] : [build]),
    waiting: () => ask(() => server.waiting()),
    uniqueJobs: async () =>
      server.kind === 'geard' ? null : ask(() => new Set(server.open().map(({ unique }) => unique))),
    jobs: async () =>
      server.kind === 'geard'
        ? null
        : ask(() =>
            server
              .open()
              .map(({ handle, clients }) => ({ handle: handle as Handle, ignored: clients.length === 0 })),
          ),
    cancelJob: async (_server, handle) => (await ask(() => server.cancel(handle))) ?? false,
    state: () => [{ server: server.name, build: build !== null, control: build !== null, trouble: null }],
    close: async () => {
      closed = true;
      for (const connection of [build?.connection, control])
        if (connection != null) there(() => server.disconnect(connection));
    },
  };
}
