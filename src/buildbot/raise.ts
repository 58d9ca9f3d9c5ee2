// Raising the priority of a request that waits. `set_priority` came with Buildbot 3.9 and is broken in 4.3.0 (BUILDBOT.md section 2).

import type { RequestId } from '../gate/ids.ts';
import { readErrorAnswer } from './error-answer.ts';
import { BuildbotError } from './buildbot-error.ts';
import type { RaiseOutcome } from './master.ts';
import type { Settings } from './options.ts';
import type { Rest } from './rest.ts';

/** Requests have 0 unless somebody says otherwise; higher goes first. */
const raised = 1_000;

/** Never rejects for what the master does. */
export async function askToRaise(rest: Rest, settings: Settings, request: RequestId): Promise<RaiseOutcome> {
  try {
    const reply = await rest.control({
      path: `buildrequests/${request}`,
      verb: 'set_priority',
      method: 'set_priority',
      params: { priority: raised },
      within: settings.deadlines.control,
    });
    if (reply.status === 200) return { kind: 'raised' };
    const why = reply.status === 403 ? 'the master does not let us' : readErrorAnswer(reply.text).sentence;
    return { kind: 'not-raised', why };
  } catch (error) {
    if (error instanceof BuildbotError) return { kind: 'not-raised', why: error.why };
    throw error;
  }
}
