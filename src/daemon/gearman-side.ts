// The gatekeeper's side of the daemon: assignments go into the intake, control jobs to their runs, and the gate on GRAB opens
// and closes with slots, store and Buildbot (RUNS.md 2.1-2.5, 8.1).

import type { Handle, JobNumber } from '../gate/ids.ts';
import { mayGrab } from '../gate/slots.ts';
import { readNamed } from '../gate/stop-request.ts';
import type {
  Assignment,
  BuildConnection,
  ControlJob,
  Gearman,
  GearmanListener,
} from '../gearman/gearman.ts';
import type { Log } from '../observe/log.ts';
import { plainText } from '../views/description.ts';
import type { Journal } from '../store/journal.ts';
import { StoreError } from '../store/store-error.ts';
import type { Engine } from './engine.ts';
import type { GrabGate } from './grab-gate.ts';
import { createGrabs } from './grabs.ts';
import type { Incoming, Taken } from './intake.ts';
import { pause } from './pause.ts';
import { digestOf, textOf } from './payload.ts';
import type { Register } from './register.ts';
import type { StopsFirst } from './stops-first.ts';
import type { Abroad } from './abroad.ts';
import type { Tell } from './tell.ts';

export interface GearmanSideParts {
  readonly engine: Engine;
  readonly register: Register;
  readonly abroad: Abroad;
  readonly elsewhere: Pick<Register, 'ofNumber'>;
  readonly tell: Tell;
  readonly journal: Pick<Journal, 'byNumber'>;
  readonly gate: GrabGate;
  readonly gearman: () => Gearman;
  readonly takeIn: (incoming: Incoming) => Promise<Taken>;
  readonly connectionChanged: () => void;
  readonly lostHandles: (connection: BuildConnection['connection']) => void;
  readonly doubted: (connection: BuildConnection['connection']) => void;
  readonly grabbed: (server: string) => void;
  readonly stopsFirst: StopsFirst;
  readonly log: Log;
}

/** Milliseconds that a job may wait unannounced for the store (RUNS.md 2.3). */
const storePatience = 60_000;
const askStoreAgain = 1_000;

function incomingOf(job: Assignment): Incoming {
  const { connection, server, serverKind, handle } = job;
  const hash = digestOf(job.payload === 'too-large' ? 'too large' : job.payload);
  return {
    function: job.function,
    unique: job.unique,
    text: textOf(job.payload),
    argumentsHash: hash,
    serverKind,
    binding: {
      kind: 'gearman',
      connection,
      server,
      serverKind,
      handle,
      state: 'live',
      announced: false,
      answered: false,
    },
  };
}

/** What the Gearman adapter calls. Nothing here throws; what goes wrong with a job closes its connection, so that the server hands it on. */
export function createGearmanSide(parts: GearmanSideParts): GearmanListener {
  const { engine, register, gate, log, abroad, tell } = parts;
  const dead = new Set<string>();
  const grabs = createGrabs(
    () => performance.now(),
    () => parts.gearman().wake(),
  );

  /** A job is on its way until its run is in memory: from then on the run itself counts, and the gate may have opened. */
  const onItsWay = (): (() => void) => {
    const leave = gate.enter();
    return () => {
      leave();
      parts.gearman().wake();
    };
  };

  /** Held unannounced while the store cannot be asked (RUNS.md 2.3). */
  const takenIn = async (job: Assignment): Promise<Taken> => {
    for (const end = performance.now() + storePatience; ;) {
      try {
        return await parts.takeIn(incomingOf(job));
      } catch (error) {
        const passing = error instanceof StoreError && error.retry === 'transient';
        if (!passing || dead.has(job.connection) || performance.now() >= end) throw error;
        log.warn({ component: 'store', err: error }, 'a job waits for the store');
        await pause(askStoreAgain);
      }
    }
  };

  const assigned = async (job: Assignment): Promise<void> => {
    const taken = await takenIn(job).finally(onItsWay());
    // The connection may have ended while the store was asked: the binding is void, also if it is written down after that.
    if (register.get(taken.run) === undefined) abroad.add(job.connection, taken.run);
    if (dead.has(job.connection)) {
      engine.happen(taken.run, { kind: 'connection-lost', connection: job.connection });
      abroad.tell(job.connection, { kind: 'connection-lost', connection: job.connection });
    }
    if (await engine.writtenWithin(taken.run, storePatience)) return;
    parts
      .gearman()
      .drop(
        job.connection,
        `the store took no write for ${storePatience / 1000} s; the server hands the job on`,
      );
  };

  const stop = async (job: ControlJob): Promise<void> => {
    const named = readNamed(textOf(job.payload));
    const number = (named?.number ?? '') as JobNumber;
    const run = register.ofNumber(number) ?? (await parts.journal.byNumber(number));
    if (named === null || run === null || (named.name !== '' && named.name !== run.jobName)) {
      job.fail();
      return;
    }
    await tell(run.id, { kind: 'detached', number, why: 'stopped by the gatekeeper' });
    if (await engine.writtenWithin(run.id, storePatience)) job.complete();
    else job.fail();
  };

  const failedWith = (what: string) => (error: unknown) => {
    log.error({ component: 'gearman', err: error }, what);
  };

  const describe = (job: ControlJob): void => {
    const named = readNamed(textOf(job.payload));
    const number = (named?.number ?? '') as JobNumber;
    const run = register.ofNumber(number) ?? parts.elsewhere.ofNumber(number);
    if (named !== null && run !== undefined) {
      const text = plainText(named.description);
      tell(run.id, { kind: 'described', number, text }).catch(failedWith('a description could not be kept'));
    }
    job.complete();
  };

  return {
    assigned(job) {
      parts.grabbed(job.server);
      grabs.ended(job.connection);
      assigned(job).catch((error: unknown) => {
        failedWith('a job could not be taken in')(error);
        parts.gearman().drop(job.connection, 'a job could not be taken in; the server hands it on');
      });
    },
    control(job) {
      if (job.kind === 'set_description') {
        describe(job);
        return;
      }
      const answered = parts.stopsFirst.begin();
      stop(job)
        .catch((error: unknown) => {
          failedWith('a stop could not be served')(error);
          job.fail();
        })
        .finally(answered);
    },
    up() {
      parts.connectionChanged();
    },
    lost(connection, why) {
      dead.add(connection);
      grabs.ended(connection);
      if (dead.size > 1000) for (const oldest of [...dead].slice(0, 500)) dead.delete(oldest);
      log.warn({ component: 'gearman', why }, 'lost a connection to a Gearman server');
      parts.lostHandles(connection);
      for (const run of register.onConnection(connection))
        engine.happen(run.id, { kind: 'connection-lost', connection });
      abroad.tell(connection, { kind: 'connection-lost', connection });
      abroad.forget(connection);
      parts.connectionChanged();
    },
    doubted: (connection) => {
      parts.doubted(connection);
    },
    mayGrab: (connection) =>
      !parts.stopsFirst.holds() &&
      grabs.ask(connection, (elsewhere) => {
        const state = gate.state(connection);
        return mayGrab({ ...state, onTheWay: state.onTheWay + elsewhere });
      }),
  };
}

/** Ends a binding whose client is gone (RUNS.md 9.2). */
export function clientLeft(
  parts: Pick<GearmanSideParts, 'engine' | 'register' | 'abroad'>,
  where: { readonly connection: BuildConnection['connection']; readonly handle: Handle },
): void {
  for (const run of parts.register.onConnection(where.connection)) {
    parts.engine.happen(run.id, { kind: 'client-left', ...where });
  }
  parts.abroad.tell(where.connection, { kind: 'client-left', ...where });
}
