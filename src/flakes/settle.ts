// Sightings to failures: one per test and cause, each with its kind, in the order that explains most first (DESIGN.md section 6).

import { attributed, named, repeated, type Case } from './case.ts';
import { credible } from './credible.ts';
import type { Failure } from './failure.ts';
import { excuseKey, fingerprint, incident, topFrame, type Hash } from './fingerprint.ts';
import { rank, type Kind } from './kind.ts';
import { redact } from './redact.ts';
import type { Scene } from './scene.ts';
import { liesIn, runFile } from './test-id.ts';
import { leftOver } from './left-over.ts';

interface Options {
  readonly hash: Hash;
  readonly builder: string | null;
}

/**
 * What a file runs may lie in another module: test_ctypes runs ctypes.test, test_datetime runs datetimetester. Another test file's name
 * below its line is another file's failure, since parts of a log may be missing in between; only a dump follows its line closely.
 */
function runBy({ kind, file }: Case, testId: string, { sighting }: Case): boolean {
  return sighting.file === file && (kind === 'crash' || !testId.startsWith('test_'));
}

/** Whether a process's end, in a shell's words, is told better by what it printed itself. */
function toldByItself({ sighting, file }: Case, all: readonly Case[]): boolean {
  const ends: readonly Kind[] = ['crash', 'timeout', 'oom'];
  return (
    sighting.strength === 'said' &&
    all.some(
      (other) => other.file === file && other.sighting.strength === 'seen' && ends.includes(other.kind),
    )
  );
}

/** Whether a case says nothing that a better one does not say. */
function explained(one: Case, all: readonly Case[]): boolean {
  if (one.sighting.method !== null) return toldByItself(one, all);
  if (one.testId === null || one.testId !== one.file) return false;
  const { file } = one;
  const others = all.filter(
    (other) =>
      other !== one &&
      other.testId !== null &&
      (liesIn(other.testId, file) || runBy(one, other.testId, other)),
  );
  const methods = others.filter(({ testId }) => testId !== file);
  const has = (...kinds: readonly string[]): boolean => others.some(({ kind }) => kinds.includes(kind));
  const said = one.sighting.strength === 'said';
  switch (one.kind) {
    case 'test-failure':
      if (methods.some(({ kind }) => kind !== 'env-changed')) return true;
      if (!said) return false;
      if (one.sighting.message === 're-run' && others.length > 0) return true;
      return others.some(
        ({ kind, sighting }) =>
          kind !== 'env-changed' &&
          (sighting.strength !== 'said' || kind !== 'test-failure') &&
          !(sighting.strength === 'hinted' && kind === 'crash'),
      );
    case 'env-changed':
      // A file that failed otherwise is listed for that alone, whether its methods are named or not.
      return (
        methods.length > 0 ||
        (said && others.some(({ sighting }) => sighting.strength !== 'said')) ||
        // That it ran again is no other failure.
        others.some(({ kind, sighting }) => kind !== 'env-changed' && sighting.message !== 're-run')
      );
    case 'crash':
      if (one.sighting.strength === 'hinted')
        return has('test-failure', 'timeout', 'oom') || twin(one, others);
      return (
        methods.some(({ kind }) => kind === 'crash') || (said && (has('timeout', 'oom') || twin(one, others)))
      );
    case 'oom':
      return (
        methods.some(({ kind }) => kind === 'oom') || (said && (has('timeout', 'crash') || twin(one, others)))
      );
    case 'worker-lost':
    case 'disk-full':
    case 'network':
    case 'timeout':
    case 'refleak':
    case 'compile':
    case 'other':
      return methods.some(({ kind }) => kind === one.kind) || (said && twin(one, others));
  }
}

function twin(one: Case, others: readonly Case[]): boolean {
  return others.some(({ kind, sighting }) => kind === one.kind && sighting.strength !== 'said');
}

function failureOf(one: Case, { hash, builder }: Options): Failure {
  const { sighting, kind, testId } = one;
  const last = sighting.raised.at(-1);
  const message = last === undefined ? sighting.message : last.message;
  // The runner's word on a file is no symptom: how it is put depends on the mode it runs in.
  const worded = sighting.strength === 'said' && kind !== 'crash';
  const symptom = {
    kind,
    testId,
    raised: sighting.raised,
    message: worded ? null : sighting.message,
    frames: sighting.frames,
    command: sighting.command,
  };
  const print = fingerprint(symptom, hash);
  return {
    testId,
    file: testId === null ? null : runFile(testId, sighting.file),
    kind,
    exception: last?.exception ?? null,
    message: message === null ? null : redact(message),
    frames: sighting.frames,
    lines: [sighting.first, sighting.last],
    attempt: sighting.attempt,
    again: one.again,
    header: sighting.header,
    provisional: sighting.provisional,
    fingerprint: print,
    excuseKey: excuseKey(symptom, print),
    incident:
      one.cause === null ? incident(symptom, { builder, hash }) : incident(one.cause, { builder, hash }),
  };
}

/** A network cause outside any test explains the files of the same run that failed without a word. */
function coloured(cases: readonly Case[]): readonly Case[] {
  const cause = cases.find(({ kind, testId }) => kind === 'network' && testId === null);
  if (cause === undefined) return cases;
  const { raised, message, frames } = cause.sighting;
  const symptom = { kind: cause.kind, testId: null, raised, message, frames };
  return cases.map((one) =>
    one.kind === 'test-failure' &&
    one.testId !== null &&
    one.testId === one.file &&
    one.sighting.raised.length === 0
      ? { ...one, kind: 'network', cause: symptom }
      : one,
  );
}

/** A machine's fault that no test is named for stands behind the same fault with a name. */
function withoutShadows(cases: readonly Case[]): readonly Case[] {
  const machine = new Set(['disk-full', 'oom', 'network', 'crash', 'timeout']);
  return cases.filter(
    (one) =>
      one.testId !== null ||
      !machine.has(one.kind) ||
      (one.sighting.strength === 'seen' && one.kind !== 'network') ||
      !cases.some(
        (other) =>
          other !== one &&
          other.kind === one.kind &&
          // A shell's word on what an assertion told before.
          (other.testId !== null || (one.sighting.strength === 'said' && other.sighting.strength === 'seen')),
      ),
  );
}

function bare({ sighting }: Case): number {
  return sighting.strength === 'hinted' ? 1 : 0;
}

/** One per test and cause: the same incident, or the same place of the same exception (subtests, loops, re-runs). */
function distinct(cases: readonly Case[], options: Options): readonly Failure[] {
  const known = new Set<string>();
  const failures: Failure[] = [];
  // Of two that say the same the one with the cause stays.
  const ordered = [...cases].sort((a, b) => bare(a) - bare(b));
  for (const one of ordered) {
    const failure = failureOf(one, options);
    const { raised, frames } = one.sighting;
    const place = topFrame(frames);
    const at = frames.findLast(({ name }) => place.endsWith(`:${name}`))?.line ?? 0;
    const same = `${failure.testId ?? ''} ${failure.incident}`;
    const spot =
      raised.length === 0 || place === ''
        ? same
        : [failure.testId, failure.kind, failure.exception, place, at].join(' ');
    if (known.has(same) || known.has(spot)) continue;
    known.add(same).add(spot);
    failures.push(failure);
  }
  return failures;
}

/** What a linker cannot find it cannot find for one reason, whatever member of which library wants it. */
function withoutAftermath(cases: readonly Case[]): readonly Case[] {
  const linking = ({ sighting }: Case): boolean => /: (?:fatal )?error LNK\d+: /.test(sighting.message ?? '');
  const first = cases.find((one) => linking(one));
  return cases.filter((one) => one === first || !linking(one));
}

/** Without some of the cases, if others are left. */
function withoutWhere(cases: readonly Case[], which: (one: Case) => boolean): readonly Case[] {
  return cases.every((one) => which(one)) ? cases : cases.filter((one) => !which(one));
}

/** Told by no more than a hint with no exception, and of no test. */
function vague({ sighting, testId }: Case): boolean {
  return testId === null && sighting.strength === 'hinted' && sighting.raised.length === 0;
}

/** Of what is told vaguely, what a better word explains. */
function withoutVague(cases: readonly Case[]): readonly Case[] {
  const stopped = (one: Case): boolean => one.sighting.strength === 'hinted' && one.kind === 'compile';
  // Where make stopped is told only where nothing says why.
  const rest = withoutWhere(cases, stopped);
  const telling = withoutWhere(rest, (one) => one.kind === 'other' && vague(one));
  // A download failed: the client says why.
  const unreached = (one: Case): boolean => one.kind === 'network' && vague(one);
  return telling.some((one) => one.kind === 'network' && !vague(one))
    ? telling.filter((one) => !unreached(one))
    : telling;
}

/** A bare line on a test says nothing that a block on it, or the word on its crash, does not. */
function withoutBare(cases: readonly Case[]): readonly Case[] {
  const seen = cases.filter(({ sighting }) => sighting.strength === 'seen');
  const told = new Set(seen.map(({ testId }) => testId));
  const crashed = new Set(cases.filter(({ kind }) => kind === 'crash').map(({ testId }) => testId));
  return withoutVague(cases).filter(({ sighting, testId, kind }) => {
    if (kind !== 'test-failure' || testId === null) return true;
    if (sighting.strength === 'hinted') return !told.has(testId);
    const bare = sighting.method !== null && sighting.raised.length === 0 && sighting.message === null;
    return !bare || !crashed.has(testId);
  });
}

/** What was raised outside any test in a build that failed is why. */
function built(one: Case, { run }: Scene): Case {
  const { kind, testId, sighting } = one;
  const why = kind === 'other' && testId === null && sighting.strength === 'hinted';
  return run.broken && why && sighting.raised.length > 0 ? { ...one, kind: 'compile' } : one;
}

/** The failures of all that was sighted. */
export function settle(scene: Scene, options: Options): readonly Failure[] {
  const told = credible(scene).map((one) => built(attributed(one), scene));
  const cases = withoutAftermath(withoutBare(repeated(named(told))));
  const files = coloured(cases.filter((one) => !explained(one, cases)));
  const failures = distinct(withoutShadows([...files, ...leftOver(scene, files)]), options);
  return [...failures].sort((a, b) => rank(a.kind) - rank(b.kind) || a.lines[0] - b.lines[0]);
}
