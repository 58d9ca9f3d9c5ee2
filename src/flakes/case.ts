// A sighting with the test that it is about and its final kind.

import { kindOf } from './cause.ts';
import type { Sighting } from './failure.ts';
import type { Symptom } from './fingerprint.ts';
import type { Kind } from './kind.ts';
import { fileOf, frameId } from './test-id.ts';

export interface Case {
  readonly sighting: Sighting;
  readonly kind: Kind;
  readonly testId: string | null;
  /** The file that the test is in. */
  readonly file: string;
  /** What explains it, where that is another sighting. */
  readonly cause: Symptom | null;
}

/** A crash or a hang: the dump names the test, and the method last started names its class if it is the same one. */
function dumped(sighting: Sighting): string | null {
  const framed = frameId(sighting.frames) ?? sighting.near;
  const { method, file } = sighting;
  if (framed === null) return method ?? file;
  return method !== null && method.split('.').at(-1) === framed.split('.').at(-1) ? method : framed;
}

function testOf(sighting: Sighting): string | null {
  const { kind, strength, method, frames, file } = sighting;
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
  return { sighting, kind, testId, file, cause: null };
}

/** A test that one place names by file and method only, and another in full, is the same test. */
export function named(cases: readonly Case[]): readonly Case[] {
  const full = new Map<string, string>();
  for (const { sighting, testId, file } of cases) {
    if (sighting.method === null || testId !== sighting.method) continue;
    full.set(`${file} ${testId.split('.').at(-1) ?? ''}`, testId);
  }
  return cases.map((one) => {
    const { sighting, testId, file } = one;
    if (testId === null || testId === sighting.method || testId === file) return one;
    const known = full.get(`${file} ${testId.split('.').at(-1) ?? ''}`);
    return known === undefined ? one : { ...one, testId: known };
  });
}
