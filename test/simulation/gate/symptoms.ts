// The world's truth about failing tests: which fail, on what, and how often. The oracle judges what was forgiven by it.

import { below, type Chance } from '../flakes/chance.ts';
import { nothingShown, type Shown } from './failing-log.ts';

/** Named by an active signature; seen on a landed commit; fails on landed commits of some builders always, or about every second time. */
export const knownTest = 'test_known';
export const seenTest = 'test_seen';
export const redTest = 'test_red';
export const shakyTest = 'test_shaky';
const novelTest = 'test_novel';
/** The change's own fault. */
const newTest = 'test_new';

/** Another file of the change than any that fails. */
const elsewhere = 'Lib/other.py';

/** The commit on which controls run, and the two before it. */
export const landed = ['b2'.repeat(20), 'b1'.repeat(20), 'b0'.repeat(20)] as const;
export const baseCommit = landed[0];

/** What repeats, or builds once: the properties of a force call that say so. */
export interface Task {
  readonly role: string;
  readonly tests: readonly string[];
  readonly repeat: number;
}

export function taskOf(fields: Readonly<Record<string, string>>): Task {
  const { gate_role: role = 'vote', gate_tests: tests = '', gate_repeat: repeat = '1' } = fields;
  return { role, tests: tests === '' ? [] : tests.split(' '), repeat: Number(repeat) };
}

export interface Symptoms {
  /** Files that a change says it touches; null: it does not say. */
  filesOf(commit: string): readonly string[] | null;
  /** The fault of a bad change: a test that always fails on it, and never on its base. */
  faultOf(commit: string): string;
  isRedOnBase(builder: string): boolean;
  /** Nothing but a change's own fault fails there. */
  isSound(builder: string): boolean;
  canRepeat(builder: string): boolean;
  /** The test step of a build without a fault of the change: flakes may show, and what is red on the base. */
  ofGood(builder: string): Shown;
  /** A measure (of a change with this fault, if any) or a control. */
  ofTask(builder: string, task: Task, fault: string | null): Shown;
}

/** Repeats stop at so many failures. */
const stopsAt = 6;

/** How often what is nobody's fault fails: in a first build, and when it is repeated on the change or its base. */
const rates: Readonly<Record<string, { readonly first: number; readonly again: number }>> = {
  [knownTest]: { first: 0.5, again: 0.03 },
  [seenTest]: { first: 0.5, again: 0.005 },
  [novelTest]: { first: 0.5, again: 0.02 },
  [shakyTest]: { first: 0.6, again: 0.5 },
};

export function drawSymptoms(chance: Chance, builders: readonly string[]): Symptoms {
  // In some courses nothing but changes fails.
  const calm = chance() < 0.4;
  const red = new Set(builders.filter(() => !calm && chance() < 0.06));
  const repeating = new Set(builders.filter(() => chance() < 0.85));
  const flaky = new Map<string, string>();
  const flakes = Object.keys(rates);
  for (const builder of builders)
    if (!calm && chance() < 0.2) flaky.set(builder, flakes[below(chance, flakes.length)] ?? knownTest);
  const files = new Map<string, readonly string[] | null>();
  const faults = new Map<string, string>();
  const drawn = <Value>(map: Map<string, Value>, key: string, draw: () => Value): Value => {
    const known = map.get(key);
    if (known !== undefined) return known;
    const value = draw();
    map.set(key, value);
    return value;
  };

  /** One run of what may fail on a builder. */
  const once = (builder: string, how: 'first' | 'again', fault: string | null): readonly string[] => {
    const flake = flaky.get(builder);
    const failed = new Set<string>();
    if (fault !== null) failed.add(fault);
    if (red.has(builder)) failed.add(redTest);
    if (flake !== undefined && chance() < (rates[flake]?.[how] ?? 0)) failed.add(flake);
    return [...failed];
  };

  const repeated = (builder: string, { tests, repeat }: Task, fault: string | null): Shown => {
    const repeats: (readonly string[])[] = [];
    while (repeats.length < repeat && repeats.filter((failed) => failed.length > 0).length < stopsAt)
      repeats.push(once(builder, 'again', fault).filter((test) => tests.includes(test)));
    return { ...nothingShown, repeats };
  };

  return {
    filesOf: (commit) =>
      drawn(files, commit, () => {
        const pick = chance();
        return pick < 0.6 ? [elsewhere] : pick < 0.8 ? [`Lib/test/${knownTest}.py`] : null;
      }),
    // A regression may wear the symptom of a flake.
    faultOf: (commit) =>
      drawn(faults, commit, () => [newTest, newTest, knownTest, seenTest][below(chance, 4)] ?? newTest),
    isRedOnBase: (builder) => red.has(builder),
    isSound: (builder) => !red.has(builder) && !flaky.has(builder),
    canRepeat: (builder) => repeating.has(builder),
    ofGood: (builder) => ({ ...nothingShown, tests: once(builder, 'first', null) }),
    ofTask: (builder, task, fault) =>
      task.tests.length > 0 && repeating.has(builder)
        ? repeated(builder, task, fault)
        : { ...nothingShown, tests: once(builder, 'again', fault) },
  };
}
