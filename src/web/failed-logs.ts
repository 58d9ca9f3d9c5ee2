// The last lines of failed steps, asked of Buildbot once for each set of failed builds: a page that many people watch, and that
// changes every second, must not become load on the master.

import type { FailedLogs, JobView } from '../views/document.ts';
import type { Views } from '../views/views.ts';
import { within } from './deadline.ts';

/** Lines of each failed step that a page shows. */
export const shownLines = 40;
const kept = 64;
/** Milliseconds that a page waits for Buildbot, and until what could not be read is asked for again. */
const patience = 3_000;
const again = 30_000;

interface Entry {
  readonly signature: string;
  readonly askedAt: number;
  readonly answer: Promise<FailedLogs>;
  troubled: boolean;
}

const none: FailedLogs = { logs: [], troubles: [] };

/** Changes when there is another failed build to be read. */
function signature(job: JobView): string {
  const failed = job.builders.flatMap((builder) =>
    builder.attempts.flatMap((attempt) =>
      attempt.builds.filter((build) => build.result !== null && build.result !== 'success'),
    ),
  );
  return failed.map((build) => `${build.url} ${build.complete_at ?? ''}`).join('\n');
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Reads failed lines for pages; never rejects: what cannot be read in time is a trouble to be shown. */
export function createFailedLogs(views: Views, now: () => number): (job: JobView) => Promise<FailedLogs> {
  const entries = new Map<string, Entry>();

  async function ask(number: string): Promise<FailedLogs> {
    try {
      const found = await views.failedLogs(number, shownLines);
      return found.kind === 'ok' ? found.failed : none;
    } catch (error) {
      return { logs: [], troubles: [message(error)] };
    }
  }

  function entryOf(job: JobView, sign: string): Entry {
    const old = entries.get(job.number);
    if (old?.signature === sign && !(old.troubled && now() - old.askedAt > again)) return old;
    const entry: Entry = { signature: sign, askedAt: now(), answer: ask(job.number), troubled: false };
    void entry.answer.then((answer) => {
      entry.troubled = answer.troubles.length > 0;
    });
    entries.delete(job.number);
    entries.set(job.number, entry);
    const oldest = entries.keys().next();
    if (entries.size > kept && oldest.done !== true) entries.delete(oldest.value);
    return entry;
  }

  return async (job) => {
    const sign = signature(job);
    if (sign === '') return none;
    try {
      return await within(patience, 'reading the failed steps', entryOf(job, sign).answer);
    } catch (error) {
      return { logs: [], troubles: [message(error)] };
    }
  };
}
