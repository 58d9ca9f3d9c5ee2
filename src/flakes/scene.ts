// Where the reader stands in a log: which file and method run, which sighting is open, and what has been sighted so far.

import { createAccount, noteNamed, noteStart, type ListName, type RunnerAccount } from './account.ts';
import type { Raised, Sighting, Strength } from './failure.ts';
import type { Kind } from './kind.ts';
import type { LogLine } from './line.ts';

/** Sightings kept of one kind and strength: what a log prints in masses must not push out what it says once. */
const limits: Readonly<Record<Strength, number>> = { seen: 2_000, said: 1_000, hinted: 300 };
const onceLimit = 5_000;
const textLimit = 2_000;

/** What pytest shows of one test, as far as it was read. */
export interface Block {
  /** Class and method; null before they were seen. */
  names: readonly string[] | null;
  /** The test's file; null before it was seen. */
  file: string | null;
  /** Its entries are short ones. */
  brief: boolean;
  readonly raised: Raised[];
  readonly first: number;
}

export interface Scene {
  /** The regrtest file last started, or whose output follows its result. */
  file: string | null;
  /** The method last started, as an id, even if its end was printed already. */
  method: string | null;
  /** The test that pytest began and did not end; it has no files that are run one by one. */
  node: { readonly file: string; readonly method: string } | null;
  /** That method's end was printed. */
  over: boolean;
  /** `Ran N tests` was printed for this file: what comes now belongs to the file. */
  ran: boolean;
  attempt: number;
  /** The sighting to which tracebacks, dumps and messages belong now. */
  open: Sighting | null;
  /** A block of unittest's stood between its rules: then none stands without. */
  ruled: boolean;
  /** The block of pytest's that is open. */
  block: Block | null;
  readonly sightings: Sighting[];
  /** How many were left out. */
  dropped: number;
  /** What the runner itself says in the end. */
  readonly run: {
    started: boolean;
    /** Of the last result line: `SUCCESS`, `FAILURE then SUCCESS`, … */
    result: string | null;
    exit: number | null;
    /** Buildbot said that it stops the step. */
    stopped: boolean;
    /** A tool said that the build failed: what was raised is why. */
    broken: boolean;
    /** A plain unittest run ended with OK or FAILED; null before. */
    ok: boolean | null;
    /** The line of the last result or OK. */
    said: number;
  };
  /** The files that ran at the last look, in seconds, and the line of that look. */
  readonly running: { files: readonly (readonly [file: string, seconds: number])[]; line: number };
  /** The list of names that the summary is in. */
  list: ListName | null;
  /** What the runner itself counts and lists. */
  readonly account: RunnerAccount;
  /** The last line by which a runner showed that it goes on. */
  alive: number;
  /** Lines read so far. */
  lines: number;
  /** The line before, as text. */
  before: string;
  readonly seen: Set<string>;
  readonly counts: Map<string, number>;
}

export function createScene(): Scene {
  return {
    file: null,
    method: null,
    node: null,
    over: false,
    ran: false,
    attempt: 1,
    open: null,
    ruled: false,
    block: null,
    sightings: [],
    dropped: 0,
    run: { started: false, result: null, exit: null, stopped: false, broken: false, ok: null, said: 0 },
    running: { files: [], line: 0 },
    list: null,
    account: createAccount(),
    alive: 0,
    lines: 0,
    before: '',
    seen: new Set(),
    counts: new Map(),
  };
}

/** A copy that does not hold on to the chunk of the log that the text was cut from. */
export function kept(text: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(text.slice(0, textLimit)));
}

type Given = Partial<Sighting> & { readonly kind: Kind };

/** Notes a sighting at a line and gives it back, so that what follows can be added to it. */
export function sight(scene: Scene, line: LogLine, given: Given): Sighting {
  const sighting: Sighting = {
    strength: 'seen',
    file: scene.file,
    method: null,
    raised: [],
    frames: [],
    near: null,
    command: null,
    first: line.number,
    last: line.number,
    attempt: scene.attempt,
    header: line.header,
    provisional: false,
    ...given,
    message: given.message ?? null,
  };
  const shelf = `${sighting.kind} ${sighting.strength}`;
  const count = scene.counts.get(shelf) ?? 0;
  scene.counts.set(shelf, count + 1);
  if (count >= limits[sighting.strength]) {
    scene.dropped += 1;
    return sighting;
  }
  if (sighting.file !== null) sighting.file = kept(sighting.file);
  if (sighting.method !== null) sighting.method = kept(sighting.method);
  if (sighting.message !== null) sighting.message = kept(sighting.message);
  if (sighting.command !== null) sighting.command = kept(sighting.command);
  scene.sightings.push(sighting);
  return sighting;
}

/** Like `sight`, but only the first time that this comes: for lines that are whole by themselves. */
export function sightOnce(scene: Scene, line: LogLine, given: Given): void {
  const key = [given.kind, given.strength, given.file ?? scene.file, given.method, given.message].join('\n');
  if (scene.seen.has(key)) return;
  // Full: repeats may then take room in the list, which has its own bound.
  if (scene.seen.size < onceLimit) scene.seen.add(kept(key));
  sight(scene, line, given);
}

/** A process that crashed or was killed while a method ran crashed in that method, as far as anything tells. */
export function nameCrashed({ sightings, file, method, over, ran }: Scene): void {
  if (method === null || over || ran) return;
  const last = sightings.findLast(
    (one) => one.file === file && (one.kind === 'crash' || one.kind === 'oom' || one.kind === 'timeout'),
  );
  if (last !== undefined && last.kind !== 'timeout' && last.strength === 'said') last.method ??= method;
}

/** A file begins, or its output does. */
export function startFile(scene: Scene, file: string): void {
  nameCrashed(scene);
  scene.alive = scene.lines + 1;
  scene.file = file;
  scene.method = null;
  scene.over = false;
  scene.ran = false;
  scene.open = null;
  scene.list = null;
  scene.run.started = true;
  noteStart(scene.account);
}

/** The runner names a file that went wrong; `list` is the one of its summary that it stands in. */
export function nameFile(scene: Scene, list: ListName | null, file: string): void {
  noteNamed(scene.account, list, kept(file));
}

/** To whom something belongs that names nobody: the method last started, or the file once its tests are through. */
export function holder(scene: Scene): { readonly file: string | null; readonly method: string | null } {
  if (scene.file === null && scene.method === null && scene.node !== null) return scene.node;
  return { file: scene.file, method: scene.ran ? null : scene.method };
}
