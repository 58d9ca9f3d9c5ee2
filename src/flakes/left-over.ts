// What a log says only by how it ends: an exit code nobody explained, a process that was killed, a file that runs and runs.

import type { Case } from './case.ts';
import type { Sighting } from './failure.ts';
import type { Kind } from './kind.ts';
import type { Scene } from './scene.ts';
import { hangsAfter } from './tools/running.ts';

interface Given {
  readonly kind: Kind;
  readonly testId: string | null;
  readonly message: string;
  readonly line?: number;
  readonly provisional?: boolean;
}

function caseOf(scene: Scene, { kind, testId, message, line = 0, provisional = false }: Given): Case {
  const at = line === 0 ? scene.lines : line;
  const sighting: Sighting = {
    kind,
    strength: 'seen',
    file: testId,
    method: null,
    raised: [],
    message,
    frames: [],
    near: null,
    command: null,
    first: at,
    last: at,
    attempt: scene.attempt,
    header: false,
    provisional,
  };
  return { sighting, kind, testId, file: testId ?? '', cause: null, again: false };
}

function hanging(scene: Scene): readonly Case[] {
  const { run, running } = scene;
  if (run.result !== null || run.exit !== null) return [];
  const long = running.files.filter(([, seconds]) => seconds >= hangsAfter);
  return long.map(([file, seconds]) => {
    const message = `running for ${Math.floor(seconds / 60)} min when the log ends`;
    return caseOf(scene, { kind: 'timeout', testId: file, message, line: running.line, provisional: true });
  });
}

/** The kind that an exit code alone tells: 128 and the signal, or the signal below zero. */
function exitKind(exit: number): Kind {
  if (exit === 137 || exit === -9) return 'oom';
  return [134, 135, 136, 139, -4, -6, -7, -8, -11].includes(exit) ? 'crash' : 'other';
}

/** The test in which a process left without a word: no end of it was printed, nor any of the run. */
function leaver({ run, method, over, ran }: Scene): string | null {
  return run.result === null && !over && !ran ? method : null;
}

function unexplained(scene: Scene, cases: readonly Case[]): readonly Case[] {
  const { exit, result, ok } = scene.run;
  const place = scene.over ? scene.file : (scene.method ?? scene.file);
  if (exit !== null && exit !== 0) {
    const kind = exitKind(exit);
    const told =
      kind === 'other'
        ? cases.length > 0
        : cases.some((one) => ['oom', 'crash', 'timeout'].includes(one.kind));
    const message = `program finished with exit code ${exit}`;
    return told ? [] : [caseOf(scene, { kind, testId: kind === 'other' ? leaver(scene) : place, message })];
  }
  if (cases.length > 0) return [];
  if (result?.includes('FAILURE') === true) {
    return [caseOf(scene, { kind: 'other', testId: null, message: `the runner's result is ${result}` })];
  }
  // What the runner of files says in the end holds above a FAILED before it: a child of some test printed that.
  return ok === false && result !== 'SUCCESS'
    ? [caseOf(scene, { kind: 'other', testId: null, message: 'the runner says FAILED' })]
    : [];
}

/** Failures that no sighting tells. */
export function leftOver(scene: Scene, cases: readonly Case[]): readonly Case[] {
  const hangs = hanging(scene).filter(
    ({ testId }) => !cases.some((one) => one.kind === 'timeout' && one.testId === testId),
  );
  return [...hangs, ...unexplained(scene, [...cases, ...hangs])];
}
