// Services other than Buildbot that run builds (GitHub, GitLab, Travis, Azure, Jenkins, package builders), in a log that somebody saved from
// them. In a log of Buildbot no line of theirs is anybody's word, so that the table holds for the raw format alone.

import type { Kind } from '../kind.ts';
import { sightOnce } from '../scene.ts';
import type { Rule, Tool } from '../tool.ts';
import { running } from './buildbot.ts';

/** What each of them says when a build was ended from outside, with one piece that every such line has. */
const endings: readonly (readonly [kind: Kind, hint: string, pattern: RegExp])[] = [
  [
    'worker-lost',
    'received a shutdown signal',
    /The (?:hosted |self-hosted )?runner has received a shutdown signal\b/,
  ],
  [
    'worker-lost',
    'lost communication',
    /The (?:hosted |self-hosted )?runner(?:: .{1,200})? lost communication with the server\b/,
  ],
  ['worker-lost', 'topped hearing from agent', /We stopped hearing from agent /],
  ['worker-lost', 'went offline', /Agent went offline during the build$/],
  [
    'worker-lost',
    'Channel',
    /FATAL: .*(?:Channel is already closed|channel .*closed|ChannelClosedException|ClosedChannelException)/,
  ],
  ['worker-lost', 'system failure', /(?:ERROR: )?Job failed \(system failure\): /],
  [
    'timeout',
    'maximum ',
    /The job (?:running on (?:runner|agent) .{1,200} )?(?:has )?(?:exceeded|ran longer than) the maximum (?:execution )?time\b/,
  ],
  ['timeout', 'maximum ', /Build execution time has reached the maximum allowed time\b/],
  ['timeout', 'has timed out', /The action .{0,300}has timed out after \d+ minutes/],
  ['timeout', 'No output has been received', /No output has been received in the last \d+/],
  ['timeout', 'execution took longer', /(?:ERROR: )?Job failed: execution took longer than /],
  ['timeout', 'Build timed out', /Build timed out \(after \d+ \w+\)/],
  ['timeout', 'seems to be stuck', /Job seems to be stuck here, killed\./],
  ['timeout', 'of inactivity', /E: Build killed with signal \w+ after \d+ minutes of inactivity$/],
];

/** The service's own mark before its word. */
const mark = String.raw`##\[error\]|::error(?: [^:]*)?::|Error: `;

const exits: readonly (readonly [hint: string, pattern: RegExp])[] = [
  ['completed with exit code', /^(?:##\[error\]|Error: )Process completed with exit code (\d{1,10})\.$/],
  ['exited with code', /^##\[error\].{1,200} exited with code '?(\d{1,10})'?\.$/],
  ['Job failed: exit', /^ERROR: Job failed: exit (?:code|status) (\d{1,10})$/],
  ['exited with ', /^The command ".{1,500}" exited with (\d{1,10})\.$/],
];

export const service: Tool = {
  name: 'service',
  rules: [
    ...endings.map(([kind, hint, pattern]): Rule => ({
      hint,
      pattern: new RegExp(String.raw`^(?:${mark})?(${pattern.source})`),
      take: ([, said = ''], scene, line) => {
        scene.run.stopped = true;
        sightOnce(scene, line, {
          kind,
          ...(kind === 'timeout' ? running(scene) : { file: null }),
          message: kind === 'worker-lost' ? 'the worker was lost' : said,
        });
        return true;
      },
    })),
    {
      hint: 'operation was cancel',
      pattern: /^(?:##\[error\]|Error: )The operation was cancell?ed\.$/,
      take: (_found, scene, line) => {
        // Why is told before it, as far as it is told.
        if (scene.run.stopped) return true;
        scene.run.stopped = true;
        sightOnce(scene, line, { kind: 'other', file: null, message: 'the step was interrupted' });
        return true;
      },
    },
    ...exits.map(([hint, pattern]): Rule => ({
      hint,
      pattern,
      take: (found, { run, account }) => {
        const exit = Number(found[1]);
        if (exit === 0) return false;
        run.exit = exit;
        account.exit = exit;
        return true;
      },
    })),
  ],
};
