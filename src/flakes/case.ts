// A sighting with the test that it is about and its final kind.

import { kindOf } from './cause.ts';
import type { Sighting } from './failure.ts';
import type { Symptom } from './fingerprint.ts';
import type { Kind } from './kind.ts';
import { fileOf, frameId, scriptId, shortId } from './test-id.ts';

/** Tests of one name in one file that are looked through. */
const mostAlike = 20;

export interface Case {
  readonly sighting: Sighting;
  readonly kind: Kind;
  readonly testId: string | null;
  /** The file that the test is in. */
  readonly file: string;
  /** What explains it, where that is another sighting. */
  readonly cause: Symptom | null;
  /** A test of this name failed in the re-run of its file. */
  readonly again: boolean;
}

/** The test that the runner's words name. */
function told({ method, frames }: Sighting): string | null {
  return method === null ? null : scriptId(method, frames);
}

/** A crash or a hang: the dump names the test, and the method last started names its class if it is the same one. */
function dumped(sighting: Sighting): string | null {
  const framed = frameId(sighting.frames) ?? sighting.near;
  const { file } = sighting;
  const method = told(sighting);
  if (framed === null) return method ?? file;
  return method !== null && method.split('.').at(-1) === framed.split('.').at(-1) ? method : framed;
}

function testOf(sighting: Sighting): string | null {
  const { kind, strength, frames, file } = sighting;
  const method = told(sighting);
  if (strength === 'said') return method ?? file;
  if (kind === 'crash' || kind === 'timeout') return dumped(sighting);
  const framed = kind === 'test-failure' || kind === 'other' ? frameId(frames) : null;
  return method ?? framed ?? file;
}

/** Says which test a sighting is about and of which kind it is. */
export function attributed(sighting: Sighting): Case {
  const testId = testOf(sighting);
  const found = kindOf(sighting);
  // A traceback that belongs to nobody and shows a test is that test's failure.
  const kind =
    found === 'other' && sighting.strength === 'hinted' && testId !== null ? 'test-failure' : found;
  const file = sighting.file ?? (testId === null ? '' : fileOf(testId));
  return { sighting, kind, testId, file, cause: null, again: false };
}

/** Marks the cases whose test failed in the runner's own re-run. */
export function repeated(cases: readonly Case[]): readonly Case[] {
  const again = new Set<string>();
  for (const { sighting, testId, file } of cases)
    if (testId !== null && testId !== file && sighting.attempt > 1) again.add(shortId(testId));
  return again.size === 0
    ? cases
    : cases.map((one) =>
        one.testId !== null && again.has(shortId(one.testId)) ? { ...one, again: true } : one,
      );
}

/** A test that one place names by file and method only, and another in full, is the same test. */
export function named(cases: readonly Case[]): readonly Case[] {
  const full = new Map<string, string[]>();
  const key = (file: string, id: string): string => `${file} ${id.split('.').at(-1) ?? ''}`;
  for (const { sighting, testId, file } of cases) {
    if (testId === null || testId !== told(sighting)) continue;
    const known = full.get(key(file, testId));
    if (known === undefined) full.set(key(file, testId), [testId]);
    else if (known.length < mostAlike && !known.includes(testId)) known.push(testId);
  }
  return cases.map((one) => {
    const { sighting, testId, file } = one;
    if (testId === null || testId === told(sighting) || testId === file) return one;
    const alike = full.get(key(file, testId)) ?? [];
    // The frame may lie in the module of a base class, which is another one: then only a name that no other test has tells.
    const known =
      alike.findLast((id) => fileOf(id) === fileOf(testId)) ?? (alike.length === 1 ? alike[0] : undefined);
    return known === undefined ? one : { ...one, testId: known };
  });
}
