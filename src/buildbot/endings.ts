// Cancelling requests and stopping builds. The master never says whether anything happened (BUILDBOT.md section 5).

import { BuildbotError } from './buildbot-error.ts';
import { readErrorAnswer } from './error-answer.ts';
import { createLull } from './lull.ts';
import type { ControlOutcome } from './master.ts';
import { oneLine } from './one-line.ts';
import type { Settings } from './options.ts';
import type { Rest } from './rest.ts';

export interface Ending {
  readonly what: 'buildrequests' | 'builds';
  readonly id: number;
  readonly reason: string;
}

/**
 * A stop holds back until a lull. The stops of a burst come one by one, and the first would reach the master before the cancels of
 * the requests that wait behind the same builds: each would begin in its turn, and cost the master a build (measured: 20 to 40 of 280).
 * And a gatekeeper that stops 190 jobs of twenty builds each would wait for its answers behind 3,800 calls.
 */
const lull = { quiet: 300, atMost: 2_000 };
/** Milliseconds: thousands of a reset may wait for a slow master. One that gave up its place would only ask for another at the end of the line. */
const patience = 300_000;

export type AskForEnd = (ending: Ending) => Promise<ControlOutcome>;

/** Asks for the end of a request (`cancel`) or a build (`stop`). Never rejects for what the master does: that is `failed`, with a log line. */
export function createEndings(rest: Pick<Rest, 'control'>, settings: Settings): AskForEnd {
  const burst = createLull(settings.clock, lull);
  return async (ending) => {
    if (ending.what === 'builds') await burst.comes();
    return askForEnd(rest, settings, ending);
  };
}

async function askForEnd(
  rest: Pick<Rest, 'control'>,
  settings: Settings,
  ending: Ending,
): Promise<ControlOutcome> {
  const method = ending.what === 'builds' ? 'stop' : 'cancel';
  const failed = (why: string): ControlOutcome => {
    const message = `Buildbot did not take ${method} of ${ending.what}/${ending.id}: ${why}; it is asked again when the run is looked at`;
    settings.log({ level: 'warn', message });
    return 'failed';
  };
  try {
    const reply = await rest.control({
      path: `${ending.what}/${ending.id}`,
      verb: method,
      method,
      params: { reason: oneLine(ending.reason, 200) },
      within: settings.deadlines.control,
      patience,
      line: 'end',
      // A build that is stopped makes room for a request that waits: were it to be cancelled as well, it would begin first.
      ahead: ending.what === 'buildrequests',
    });
    if (reply.status === 200) return 'asked';
    if (reply.status === 403) return 'forbidden';
    return failed(`${reply.status}: ${readErrorAnswer(reply.text).sentence}`);
  } catch (error) {
    if (error instanceof BuildbotError) return failed(error.why);
    throw error;
  }
}
