// Buildbot's own header lines: exit code, time limits, signals, a worker that went away. In the contents format only a line that Buildbot
// marked as its own counts, for a test may print the same words; in the raw format nobody can tell.

import type { LogLine } from '../line.ts';
import { sight, sightOnce, type Scene } from '../scene.ts';
import type { Rule, Tool } from '../tool.ts';

type Take = (found: RegExpExecArray, scene: Scene, line: LogLine) => void;

const onLost: Take = (_found, scene, line) => {
  sightOnce(scene, line, { kind: 'worker-lost', file: null, message: 'the worker was lost' });
};

/** What runs where the step ends: beside others the file that has run longest, for the one named last has ended. */
export function running({ running: { files }, file, method }: Scene) {
  const [longest] = files.toSorted(([, one], [, other]) => other - one);
  return longest === undefined ? { file, method } : { file: longest[0], method: null };
}

/** The rules of the headers for one format. */
export function buildbot(format: 'contents' | 'raw'): Tool {
  const rule = (hint: string, pattern: RegExp, take: Take): Rule => ({
    hint,
    pattern,
    take: (found, scene, line) => {
      if (format === 'contents' && !line.header) return false;
      take(found, scene, line);
      return true;
    },
  });
  return {
    name: 'buildbot',
    rules: [
      rule(
        'program finished with exit code ',
        /program finished with exit code (-?\d{1,10})/,
        (found, { run, account }) => {
          run.exit = Number(found[1]);
          account.exit = run.exit;
        },
      ),
      rule(
        'command timed out: ',
        /^(command timed out: \d+ seconds (?:without output|elapsed))/,
        (found, scene, line) => {
          scene.run.stopped = true;
          sight(scene, line, { kind: 'timeout', ...running(scene), message: found[1] ?? null });
        },
      ),
      rule('command interrupted', /^command interrupted\b/, (_found, scene, line) => {
        scene.run.stopped = true;
        sightOnce(scene, line, { kind: 'other', file: null, message: 'the step was interrupted' });
      }),
      rule('process killed by signal ', /^process killed by signal (\d+)/, (found, scene, line) => {
        // Buildbot kills what it stops.
        if (scene.run.stopped) return;
        const kind = found[1] === '9' ? 'oom' : 'crash';
        const message = `process killed by signal ${found[1] ?? ''}`;
        sight(scene, line, { kind, strength: 'said', file: running(scene).file, message });
      }),
      ...['remoteFailed:', 'error.Connection', 'lost'].map((hint) => rule(hint, lostWorker, onLost)),
    ],
  };
}

const lostWorker =
  /remoteFailed:.*(?:ConnectionLost|ConnectionDone|PBConnectionLost)|(?:twisted\.internet\.error\.Connection(?:Lost|Done)|^(?:worker|slave|remote) lost\b|^lost (?:worker|remote|slave)\b)/;
