// What an instance does for those that share the store with it: it says that it lives, sees what they hold, takes over what a dead one
// held, and does what letters ask of it (RUNS.md 8.4, 9.9).

import type { Effect } from '../gate/effect.ts';
import type { RunId } from '../gate/ids.ts';
import { instanceOf } from '../gate/ids.ts';
import { isLive } from '../gate/job.ts';
import type { Run } from '../gate/run.ts';
import { isInLine, takesSlot } from '../gate/slots.ts';
import type { Gearman } from '../gearman/gearman.ts';
import type { InstanceId, Lease, Letter, Sharing } from '../store/sharing.ts';
import type { Clients } from './clients.ts';
import type { Core } from './core.ts';
import type { Elsewhere } from './elsewhere.ts';
import { beatEvery, createPulse } from './pulse.ts';
import type { Errand, SharedGearman } from './shared-gearman.ts';
import { rebindings } from './rebind.ts';
import type { Register } from './register.ts';
import type { SlotKeeper } from './slot-keeper.ts';
import type { EventLetter } from './tell.ts';
import { openRequests } from './watcher.ts';

export interface InstancesParts {
  readonly core: Pick<Core, 'engine' | 'register' | 'store' | 'functions' | 'options' | 'look'>;
  readonly sharing: Sharing;
  readonly elsewhere: Elsewhere;
  /** The runs that it keeps. */
  readonly others: Pick<Register, 'all'>;
  readonly slots: SlotKeeper;
  readonly errands: Pick<SharedGearman, 'run'>;
  readonly clients: Pick<Clients, 'lost'>;
  readonly gearman: Pick<Gearman, 'wake' | 'connections'>;
  readonly mono: () => number;
}

/** What one round has seen. */
interface Look {
  readonly beats: ReadonlyMap<InstanceId, number>;
  readonly leases: readonly Lease[];
  readonly alive: ReadonlySet<InstanceId>;
}

export interface Instances {
  /** One round; called some times a second. Never rejects: what is wrong is in `trouble`. */
  round(): Promise<void>;
  /** Null while the store answers; else since when (milliseconds since 1970) and why not. */
  trouble(): { readonly since: number; readonly why: string } | null;
  /** The end of this instance: its runs are free for others at once. */
  leave(): Promise<void>;
}

/** Milliseconds that an event from a letter may take to be written; it is delivered again after that. */
const writtenWithin = 10_000;
const rebindEvery = 5_000;
/** Instances that ended while something was under way for a run: after so many it is put aside, for it may be what ends them. */
const mostFalls = 3;

/** A call to Buildbot, or a log that is read. What the gatekeeper is told is the same for every run, and may wait for long. */
function mayKill({ kind }: Effect): boolean {
  return kind !== 'announce' && kind !== 'answer';
}

export function createInstances(parts: InstancesParts): Instances {
  const { sharing, elsewhere, slots, errands, clients, mono } = parts;
  const { engine, register, store, functions, options } = parts.core;
  const { log } = options;
  const pulse = createPulse();
  const inHand = new Set<string>();
  const rebound = new Map<string, number>();
  let beatAt = -Infinity;
  let left = false;
  let busy = 0;
  let trouble: { since: number; why: string } | null = null;

  const beat = async (): Promise<void> => {
    if (left || mono() - beatAt < beatEvery) return;
    await sharing.beat();
    beatAt = mono();
  };

  /** Told once in a while until the holder's copy shows it. */
  const rebind = async (): Promise<void> => {
    const connections = new Set(parts.gearman.connections().map(({ connection }) => connection));
    for (const { run, event } of rebindings(parts.others.all(), connections)) {
      const key = `${run} ${JSON.stringify(event.binding)}`;
      if (mono() - (rebound.get(key) ?? -Infinity) < rebindEvery) continue;
      rebound.set(key, mono());
      await sharing.send({ to: 'run', run }, { event } satisfies EventLetter);
    }
    for (const [key, at] of rebound) if (mono() - at >= rebindEvery) rebound.delete(key);
  };

  const resume = (run: Run, { alive, falls }: { alive: readonly string[]; falls: number }): void => {
    engine.resume(run);
    if (run.terms !== null) functions.sawBranch(run.jobName, run.terms.change.branch);
    slots.inherit(run);
    clients.lost([run], null);
    const aside = falls < mostFalls ? {} : { aside: `${falls} instances ended while they worked on it` };
    if (falls >= mostFalls)
      log.error({ run: run.id, count: falls }, 'a run is put aside: instances end with it');
    engine.happen(run.id, { kind: 'restarted', alive, ...aside });
    // Its builds may have ended while nobody watched.
    parts.core.look(openRequests(run));
  };

  const takeOver = async (lease: Lease, { beats, alive }: Look): Promise<boolean> => {
    const before = await store.run(lease.run);
    // One that left in order has taken its beat along.
    const fell = beats.has(lease.holder) && before?.effects.some(mayKill) === true;
    const claimed = await sharing.claim(lease, fell);
    const run = claimed === null ? null : await store.run(lease.run);
    if (claimed === null || run === null) return false;
    resume(run, { alive: [...alive], falls: claimed.falls });
    return true;
  };

  const takeOverAll = async (look: Look): Promise<void> => {
    const { leases, alive } = look;
    const left = leases.filter(({ holder }) => holder !== sharing.self && !alive.has(holder));
    const taken = await Promise.allSettled(left.map((lease) => takeOver(lease, look)));
    const count = taken.filter((each) => each.status === 'fulfilled' && each.value).length;
    if (count > 0) log.warn({ count }, 'took over open runs of another instance');
    for (const each of taken)
      if (each.status === 'rejected')
        log.error({ component: 'store', err: each.reason }, 'a run of another instance cannot be taken over');
  };

  /**
   * A store that lost its last second calls runs ours that we had closed, or left to another. Without us they would stay open, and keep
   * their slots, as long as we live.
   */
  const takeBack = async ({ leases, alive }: Look): Promise<void> => {
    for (const { run: id, holder } of leases) {
      if (holder !== sharing.self || register.get(id) !== undefined) continue;
      // It may have been closed since the leases were read.
      const run = (await sharing.holds(id)) ? await store.run(id) : null;
      if (run === null || register.get(id) !== undefined) continue;
      log.warn(
        { run: id },
        'the store holds a run open that was ended here: it lost some writes; the run is ended again',
      );
      resume(run, { alive: [...alive], falls: 0 });
    }
  };

  /** Connections of an instance that is gone: their servers hand the jobs on. */
  const loseBindings = (alive: ReadonlySet<InstanceId>): void => {
    for (const run of register.all()) {
      const gone = run.jobs
        .flatMap(({ bindings }) => bindings)
        .flatMap((binding) => (binding.kind === 'gearman' && isLive(binding) ? [binding.connection] : []))
        .filter(
          (connection) => instanceOf(connection) !== '' && !alive.has(instanceOf(connection) as InstanceId),
        );
      for (const connection of new Set(gone)) engine.happen(run.id, { kind: 'connection-lost', connection });
    }
  };

  const deliver = async (run: RunId, { event }: EventLetter): Promise<boolean> => {
    if (register.get(run) === undefined) {
      // It was closed between the sending and now: whoever waits on the new handle must have an answer all the same.
      const kept = await store.run(run);
      if (kept === null) return true;
      engine.resume(kept);
    }
    engine.happen(run, event);
    return engine.writtenWithin(run, writtenWithin);
  };

  const doLetter = async ({ key, box, body, from }: Letter): Promise<void> => {
    const done = box.to === 'run' ? await deliver(box.run, body as EventLetter) : true;
    if (box.to === 'instance' && box.instance === sharing.self) await errands.run(body as Errand, from);
    if (done) await sharing.discard([key]);
  };

  const isForUs = (held: ReadonlySet<RunId>, alive: ReadonlySet<InstanceId>, letter: Letter): boolean => {
    const { box, from } = letter;
    if (box.to === 'instance') return box.instance === sharing.self || !alive.has(box.instance);
    if (register.get(box.run) !== undefined) return true;
    return !held.has(box.run) && (from === sharing.self || !alive.has(from));
  };

  const readLetters = async (leases: readonly Lease[], alive: ReadonlySet<InstanceId>): Promise<void> => {
    const held = new Set(leases.map(({ run }) => run));
    for (const letter of await sharing.letters()) {
      if (inHand.has(letter.key) || !isForUs(held, alive, letter)) continue;
      inHand.add(letter.key);
      doLetter(letter)
        .catch((error: unknown) => {
          log.warn({ component: 'store', err: error }, 'a letter could not be done; it is read again');
        })
        .finally(() => inHand.delete(letter.key));
    }
  };

  /** Whoever waits for a slot, ours or another's, may have got room. */
  const wakeIfChanged = (): void => {
    const runs = [...register.all(), ...parts.others.all()];
    const now = runs.filter((run) => takesSlot(run) || isInLine(run)).length;
    if (now !== busy) parts.gearman.wake();
    busy = now;
  };

  const work = async (): Promise<void> => {
    await beat();
    const [beats, leases] = await Promise.all([sharing.beats(), elsewhere.look()]);
    const silent = pulse.note(beats, mono());
    const alive = new Set([...beats.keys()].filter((id) => id === sharing.self || !silent.has(id)));
    for (const id of silent) if (!leases.some(({ holder }) => holder === id)) await sharing.leave(id);
    const look = { beats, leases, alive };
    await takeOverAll(look);
    await takeBack(look);
    await rebind();
    loseBindings(alive);
    await readLetters(leases, alive);
    for (const id of await slots.round()) engine.happen(id, { kind: 'poke' });
    wakeIfChanged();
  };

  const noteTrouble = (error: unknown): void => {
    const why = error instanceof Error ? error.message : String(error);
    if (trouble === null)
      log.error(
        { component: 'store', err: error },
        'the store that instances share does not answer; it is asked again',
      );
    trouble = { since: trouble?.since ?? Date.now(), why };
  };

  return {
    trouble: () => trouble,
    async round() {
      try {
        await work();
        if (trouble !== null)
          log.info({ component: 'store' }, 'the store that instances share answers again');
        trouble = null;
      } catch (error) {
        noteTrouble(error);
      }
    },
    leave() {
      left = true;
      return sharing.leave(sharing.self);
    },
  };
}
