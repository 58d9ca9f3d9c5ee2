// The one serial place of each run. An event is taken in by the pure transition, the run and its effects are written in one
// durable step, and only then are the effects carried out (RUNS.md 1.5). While a write is under way further events are taken
// in; they go into the next write together.

import type { Effect } from '../gate/effect.ts';
import type { RunEvent, World } from '../gate/event.ts';
import type { Moment, RunId } from '../gate/ids.ts';
import { isJoinable, isOpen, type Run } from '../gate/run.ts';
import { transition } from '../gate/transition.ts';
import type { Journal, Place, WriteOutcome } from '../store/journal.ts';
import type { Log } from '../observe/log.ts';
import { within } from './deadline.ts';
import type { Knowledge } from './knowledge.ts';
import type { Register } from './register.ts';
import { worldOf, type WorldTerms } from './world.ts';

/** Moments of a run at which a test may end the process; nothing in production. */
export type Checkpoint = (
  when: 'before-write' | 'before-effect' | 'after-effect',
  what: Run['phase'] | Effect['kind'],
  run: Run,
) => void;

export interface EngineParts {
  readonly register: Register;
  readonly elsewhere: Register;
  /** Whether a run whose turn it is has a slot (RUNS.md 2.5). */
  readonly mayStart: (id: RunId) => boolean;
  readonly journal: Pick<Journal, 'write'>;
  readonly knowledge: () => Knowledge;
  readonly terms: () => WorldTerms;
  readonly past: () => Pick<World, 'spent' | 'medians'>;
  readonly now: () => Moment;
  readonly log: Log;
  /** Carries one effect out; what came of it is told by `happen`. Must not throw. */
  readonly carry: (run: Run, effect: Effect) => void;
  /** After each step, for views, metrics and history; must not throw. */
  readonly changed: (before: Run | null, after: Run) => void;
  /** Something to look at has changed that is not worth a write; must not throw. */
  readonly shown: (run: Run) => void;
  readonly checkpoint: Checkpoint;
  /** The store says that the run is another instance's: what only we know of it goes there. Rejects where that could not be kept. */
  readonly lost: (run: Run, outcome: Exclude<WriteOutcome, { kind: 'written' }>) => Promise<void>;
}

export interface Engine {
  /** Takes in a new run with its first job. */
  begin(run: Run): void;
  /** Takes in a run read back from the journal, open or to be opened again. */
  resume(run: Run): void;
  /** Something happened to a run; nothing when it is not (any more) in memory. */
  happen(id: RunId, event: RunEvent): void;
  /** True when all that has happened to the run so far is written; false when that took longer. */
  writtenWithin(id: RunId, milliseconds: number): Promise<boolean>;
  /** Writes what only clocks have moved in; resolves when every write is done, or rejects after the deadline. */
  flush(milliseconds: number): Promise<void>;
  /** Null while writes are kept; else since when and why not. */
  trouble(): { readonly since: number; readonly why: string } | null;
}

interface Entry {
  /** Monotonic time of the last look. */
  lookedAt: number;
  /** Monotonic time of the last write that was begun. */
  writtenAt: number;
  dirty: boolean;
  writing: boolean;
  /** What `Place.reopens` says, until a write is kept. */
  reopens: number | null;
  /** A write was refused and is tried again; until then what happens goes into that one. */
  refused: boolean;
  effects: Effect[];
  waiters: (() => void)[];
}

function placeOf(run: Run, { reopens }: Pick<Entry, 'reopens'>): Place {
  const place = { joinable: isJoinable(run), open: isOpen(run) };
  return reopens === null ? place : { ...place, reopens };
}

/** Milliseconds. Clocks that moved are written this often even when nothing else happens. */
const clocksWritten = 60_000;
const writeAgain = 1_000;
/** Clocks of minutes need not move with each of a hundred events in a burst: every attempt of the run would be made anew. */
const clocksMove = 50;

export function createEngine(parts: EngineParts): Engine {
  const { register, elsewhere, mayStart, journal, log } = parts;
  const entries = new Map<RunId, Entry>();
  let trouble: { since: number; why: string } | null = null;

  const entryOf = (id: RunId): Entry => {
    const known = entries.get(id);
    if (known !== undefined) return known;
    const now = parts.now().mono;
    const marks = {
      lookedAt: now,
      writtenAt: now,
      dirty: false,
      writing: false,
      refused: false,
      reopens: null,
    };
    const entry = { ...marks, effects: [], waiters: [] };
    entries.set(id, entry);
    return entry;
  };

  const settleEntry = (id: RunId, entry: Entry): void => {
    for (const resolve of entry.waiters.splice(0)) resolve();
    const run = register.get(id);
    if (run === undefined || isOpen(run)) return;
    register.remove(id);
    entries.delete(id);
  };

  const carryOut = (run: Run, effects: readonly Effect[]): void => {
    for (const effect of effects) {
      parts.checkpoint('before-effect', effect.kind, run);
      // An effect that its own run has dropped meanwhile (its connection was lost) must not be carried out.
      const still = register.get(run.id)?.effects.some((each) => each.id === effect.id) === true;
      if (still) parts.carry(register.get(run.id) ?? run, effect);
    }
  };

  const refused = (id: RunId, entry: Entry, error: unknown): void => {
    entry.writing = false;
    entry.dirty = true;
    entry.refused = true;
    if (trouble === null)
      log.error(
        { component: 'store', run: id, err: error },
        'the journal refused a write; it is tried again',
      );
    trouble ??= { since: parts.now().wall, why: error instanceof Error ? error.message : String(error) };
    setTimeout(() => {
      entry.refused = false;
      pump(id);
    }, writeAgain).unref();
  };

  const drop = (id: RunId, entry: Entry, outcome: Exclude<WriteOutcome, { kind: 'written' }>): void => {
    log.warn(
      { run: id, why: `${outcome.kind} by ${outcome.by}` },
      'another instance holds the run; it is left to it',
    );
    register.remove(id);
    entries.delete(id);
    for (const resolve of entry.waiters.splice(0)) resolve();
  };

  const write = async (id: RunId, entry: Entry): Promise<void> => {
    const run = register.get(id);
    if (run === undefined) return;
    entry.dirty = false;
    entry.writing = true;
    entry.writtenAt = parts.now().mono;
    const effects = entry.effects.splice(0);
    try {
      parts.checkpoint('before-write', run.phase, run);
      const outcome = await journal.write(run, placeOf(run, entry));
      if (outcome.kind !== 'written') {
        await parts.lost(register.get(id) ?? run, outcome);
        drop(id, entry, outcome);
        return;
      }
    } catch (error) {
      entry.effects.unshift(...effects);
      refused(id, entry, error);
      return;
    }
    if (trouble !== null) log.info({ component: 'store' }, 'the journal takes writes again');
    trouble = null;
    entry.writing = false;
    entry.reopens = null;
    carryOut(run, effects);
    // It may have been changed again while it was written.
    if (entries.get(id)?.dirty === true) pump(id);
    else settleEntry(id, entry);
  };

  const pump = (id: RunId): void => {
    const entry = entries.get(id);
    if (entry?.dirty === true && !entry.writing && !entry.refused) void write(id, entry);
  };

  const step = (run: Run, event: RunEvent): void => {
    const now = parts.now();
    const entry = entryOf(run.id);
    const passed = Math.max(0, now.mono - entry.lookedAt);
    const elapsed = passed < clocksMove ? 0 : passed;
    if (elapsed > 0 || now.mono < entry.lookedAt) entry.lookedAt = now.mono;
    const [terms, knowledge, past] = [parts.terms(), parts.knowledge(), parts.past()];
    const world = worldOf(run, elapsed, { terms, knowledge, register, elsewhere, mayStart, past });
    const { run: next, effects, changed } = transition(run, { event, world }, now);
    register.put(next);
    entry.effects.push(...effects);
    if (changed || (elapsed > 0 && now.mono - entry.writtenAt >= clocksWritten)) entry.dirty = true;
    if (changed) parts.changed(run, next);
    else if (event.kind === 'step-seen') parts.shown(next);
    pump(run.id);
  };

  const written = (id: RunId): Promise<void> => {
    const entry = entries.get(id);
    if (entry === undefined || (!entry.dirty && !entry.writing)) return Promise.resolve();
    return new Promise((resolve) => entry.waiters.push(resolve));
  };

  const writtenWithin = async (id: RunId, milliseconds: number): Promise<boolean> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => {
        resolve(false);
      }, milliseconds);
    });
    return Promise.race([written(id).then(() => true as const), late]).finally(() => {
      clearTimeout(timer);
    });
  };

  return {
    begin(run) {
      register.put(run);
      entryOf(run.id).dirty = true;
      parts.changed(null, run);
      step(run, { kind: 'poke' });
    },
    resume(run) {
      register.put(run);
      entryOf(run.id).reopens = isOpen(run) ? null : run.changedAt;
    },
    happen(id, event) {
      const run = register.get(id);
      if (run !== undefined) step(run, event);
    },
    writtenWithin,
    async flush(milliseconds) {
      for (const [id, entry] of entries) {
        entry.dirty = true;
        pump(id);
      }
      await within(
        milliseconds,
        'the last writes to the journal',
        Promise.all([...entries.keys()].map(written)),
      );
    },
    trouble: () => trouble,
  };
}
