// A test report beside the log: it knows every failed test by name, and adds those that the log does not tell.

import type { Failure, Sighting } from './failure.ts';
import type { Hash } from './fingerprint.ts';
import { settle } from './settle.ts';
import { createScene, kept, sight } from './scene.ts';
import { liesIn, runFile } from './test-id.ts';
import { createTracer } from './traceback.ts';
import { rank } from './kind.ts';

/** A failed test as a report has it. */
export interface ReportedFailure {
  readonly testId: string;
  readonly exception: string | null;
  readonly message: string | null;
  /** The traceback. */
  readonly text: string;
}

interface Options {
  readonly hash: Hash;
  readonly builder: string | null;
}

function trace(scene: ReturnType<typeof createScene>, text: string): void {
  const tracer = createTracer();
  for (const one of text.split('\n').slice(0, 400)) {
    tracer.follow(one, scene, { number: 0, header: false, text: one });
    scene.before = one;
  }
}

function failuresOf(reported: readonly ReportedFailure[], options: Options): readonly Failure[] {
  const scene = createScene();
  for (const { testId, exception, message, text } of reported) {
    const line = { number: 0, header: false, text: '' };
    const sighting: Sighting = sight(scene, line, {
      kind: 'test-failure',
      file: runFile(testId, null),
      method: testId,
      message,
    });
    scene.open = sighting;
    trace(scene, text);
    if (sighting.raised.length === 0 && exception !== null) {
      sighting.raised.push({ exception: kept(exception), message: kept(message ?? '') });
    }
  }
  return settle(scene, options);
}

/**
 * The failures of log and report together. Where both know a test, the log's word stays, for it has the lines; a file of which
 * the report names a method no longer stands for itself.
 */
export function withReport(
  logged: readonly Failure[],
  reported: readonly ReportedFailure[],
  options: Options,
): readonly Failure[] {
  const known = new Set(logged.map(({ testId }) => testId));
  const added = failuresOf(reported, options).filter(({ testId }) => !known.has(testId));
  const vague = ({ kind, testId, exception }: Failure): boolean =>
    (kind === 'test-failure' || kind === 'env-changed') &&
    exception === null &&
    testId !== null &&
    reported.some((one) => one.testId !== testId && liesIn(one.testId, testId));
  const all = [...logged.filter((one) => !vague(one)), ...added];
  return all.sort((a, b) => rank(a.kind) - rank(b.kind) || a.lines[0] - b.lines[0]);
}
