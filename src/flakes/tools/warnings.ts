// `Warning --` lines of regrtest and test.support: a test changed what it should have left alone.

import type { LogLine } from '../line.ts';
import { holder, sight, type Scene } from '../scene.ts';
import { moduleName } from '../test-id.ts';
import type { Tool } from '../tool.ts';
import { dying } from './faulthandler.ts';

/** The runner's own trouble: with a process that it stops, with its options, with what a file gave back. */
const ownTrouble =
  /^(?:Failed to (?:join|kill|wait for) <|regrtest worker|Failed to (?:create WindowsLoadTracker|change Python options): |rerun failed to parse |Unknown test result type: |[\w.]+ test runner returned None: )/;

/** A thread that has a name of its own, not a number. */
const namedThread = /^Dangling thread: <(\w+\([A-Za-z_ -]+), /;

/** Dangling threads and processes are named below the count of them. */
function sameCount(text: string, scene: Scene, line: LogLine): boolean {
  const { open } = scene;
  if (open?.kind !== 'env-changed' || !/^Dangling (?:thread|process)/.test(text)) return false;
  open.last = line.number;
  const name = namedThread.exec(text)?.[1];
  if (name !== undefined && open.message?.includes('\n') === false)
    open.message = `${open.message}\nDangling thread: ${name})`;
  return true;
}

/** That threads dangle was said by their count already. */
function countedBefore(text: string, scene: Scene, line: LogLine): boolean {
  if (!/_dangling was modified by /.test(text)) return false;
  const counted = scene.sightings.findLast(
    ({ kind, file, message }) =>
      kind === 'env-changed' && file === scene.file && /^(?:threading_cleanup|reap_)/.test(message ?? ''),
  );
  if (counted === undefined) return false;
  counted.last = line.number;
  scene.open = counted;
  return true;
}

/** What is said of a file by name: the message does without it, since the resource is what was left behind. */
function ofFile(name: string | undefined, message: string) {
  return { file: moduleName(name ?? ''), method: null, message };
}

export const warnings: Tool = {
  name: 'warnings',
  rules: [
    {
      hint: 'Warning -- ',
      pattern: /Warning -- (\S.*)$/,
      take: ([, text = ''], scene, line) => {
        if (ownTrouble.test(text) || sameCount(text, scene, line)) return true;
        const crash = dying(scene, line);
        if (crash !== null) {
          crash.last = line.number;
          return true;
        }
        if (countedBefore(text, scene, line)) return true;
        const modified = /^(.{1,300}) was modified by ([\w.]+)$/.exec(text);
        const leaked =
          /^'?([\w.]+)'? (leaked temporary files .{1,300}|left behind (?:file|directory) .{1,300}|created \d+ uncollectable object\(s\))$/.exec(
            text,
          );
        const given =
          modified !== null
            ? ofFile(modified[2], `${modified[1] ?? ''} was modified`)
            : leaked !== null
              ? ofFile(leaked[1], leaked[2] ?? '')
              : { ...holder(scene), message: text };
        const twin = scene.sightings.findLast(
          (one) => one.kind === 'env-changed' && one.message === given.message && one.file === given.file,
        );
        if (twin !== undefined && twin.method === given.method) scene.open = twin;
        else scene.open = sight(scene, line, { kind: 'env-changed', ...given });
        return true;
      },
    },
    {
      // Python 3.10 and earlier do not mark it.
      hint: 'Dangling ',
      pattern: /^(Dangling (?:thread|process).*)$/,
      take: ([, text = ''], scene, line) => sameCount(text, scene, line),
    },
    {
      // Before and after: the values may hold the whole environment.
      hint: 'Warning --  ',
      pattern: /^Warning -- {2,}(?:Before|After):/,
      take: (_found, scene, line) => {
        if (scene.open?.kind === 'env-changed') scene.open.last = line.number;
        return true;
      },
    },
  ],
};
