// Which sightings count, by what the runner itself said in the end: a run that passed has no failures, however its output looks.

import type { Sighting } from './failure.ts';
import type { Kind } from './kind.ts';
import { kindOf } from './cause.ts';
import { fileOf } from './test-id.ts';
import type { Scene } from './scene.ts';
import { isShellWord } from './tools/shell.ts';

/** The runner says that all is well, nothing speaks against it, and the process ended so. */
function green(scene: Scene): boolean {
  const { result, ok, exit } = scene.run;
  if (exit !== null && exit !== 0) return false;
  const said = scene.sightings.some(
    ({ strength, kind, message }) =>
      strength === 'said' && kind !== 'env-changed' && !isShellWord(message ?? ''),
  );
  if (said) return false;
  // A run of files passes by its summary; a plain unittest run by its OK.
  return result === null ? ok === true && !scene.run.started : result === 'SUCCESS';
}

/** A process that passed may crash or hang on its way out, or the next one of the log does. */
function afterwards({ strength, kind, first }: Sighting, { run }: Scene): boolean {
  return strength === 'seen' && (kind === 'crash' || kind === 'timeout') && first > run.said;
}

/** The runner went on behind a file, or to its end, and says nothing of the file: its tests passed, whatever they printed. */
function passed(file: string, scene: Scene): boolean {
  if (scene.run.result === null && scene.file === file) return false;
  return scene.run.started && !scene.account.named.has(file);
}

const ends: readonly Kind[] = ['crash', 'timeout', 'oom'];
const keyOf = ({ attempt, file }: Sighting): string => `${attempt} ${file ?? ''}`;

/** The files with a result, or a count of failures, that left the runner going on: what crashed there was a process that a test had begun. */
function outlived(scene: Scene): ReadonlySet<string> {
  const { sightings, account, run, file } = scene;
  const keys = [...account.files].flatMap(([key, { claimed, ended }]) =>
    ended || (claimed ?? 0) > 0 ? [key] : [],
  );
  const left = new Set(keys);
  if (run.result === null) for (const key of keys) if (key.endsWith(` ${file ?? ''}`)) left.delete(key);
  for (const one of sightings)
    if (one.strength === 'said' && ends.includes(one.kind)) left.delete(keyOf(one));
  return left;
}

/** A crash of a child, told by its dump alone. */
function ofChild(one: Sighting, left: ReadonlySet<string>): boolean {
  return one.kind === 'crash' && one.strength === 'seen' && one.file !== null && left.has(keyOf(one));
}

function counts(one: Sighting, scene: Scene): boolean {
  // A test may print these words; where they are the shell's, the runner says nothing more.
  if (one.strength === 'said' && isShellWord(one.message ?? '')) return one.first >= scene.alive;
  if (one.strength !== 'hinted') return true;
  const { started, ok } = scene.run;
  const kind = kindOf(one);
  if (one.kind === 'disk-full' && one.file !== null && passed(one.file, scene)) return false;
  // The same of a build that went on to its end.
  if (one.kind === 'compile' && scene.run.exit === 0) return false;
  if (one.kind !== 'other') return true;
  // A client's word on what it would not do: a step that passed did without.
  if (one.raised.length === 0 && one.method === null && scene.run.exit === 0) return false;
  // Names of failed tests without their blocks, in a report that has no block at all.
  if (one.method !== null && !scene.ruled && scene.account.named.has(fileOf(one.method))) return true;
  // A loose traceback: where a runner speaks it is some test's output, unless it stands before the tests and is the machine's.
  if (!started && ok === null) return true;
  return one.file === null && (kind === 'network' || kind === 'disk-full');
}

/** The sightings that count. */
export function credible(scene: Scene): readonly Sighting[] {
  const { sightings } = scene;
  if (!green(scene)) {
    const left = outlived(scene);
    return sightings.filter((one) => counts(one, scene) && !ofChild(one, left));
  }
  const changed = new Set(
    sightings
      .filter(({ kind, strength }) => kind === 'env-changed' && strength === 'said')
      .map(({ file }) => file),
  );
  return sightings.filter(
    (one) =>
      one.header ||
      afterwards(one, scene) ||
      (one.kind === 'env-changed' && changed.has(one.file)) ||
      (one.kind === 'refleak' && one.file !== null),
  );
}
