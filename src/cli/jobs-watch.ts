// `gearbridge jobs watch NUMBER`: follows a job until its verdict. On a terminal a table that is drawn again in its place, else a
// line for each change; with --json a document a line.

import { setTimeout as pause } from 'node:timers/promises';
import type { JobView } from '../views/document.ts';
import { apiToRead, type Api } from './api.ts';
import { CommandError, exitCodes, isCommandError, type ExitCode } from './exit.ts';
import { changes, jobText, waitSentence } from './job-text.ts';
import { table } from './table.ts';
import type { Call } from './terminal.ts';
import { fit, jsonText } from './text.ts';

const lookEvery = 1_000;
/** A daemon that is being started again is waited for so long, in milliseconds. */
const patience = 60_000;

interface Display {
  show(job: JobView): void;
  /** The last look; what stands there stays. */
  end(job: JobView): void;
}

function live({ terminal, common }: Call): Display {
  let drawn = 0;
  const draw = (text: readonly string[]): void => {
    const up = drawn === 0 ? '' : `\u001b[${drawn}A\u001b[J`;
    drawn = text.length;
    terminal.out(`${up}${text.join('\n')}\n`);
  };
  return {
    show(job) {
      const look = { columns: terminal.columns(), color: common.color };
      const wait =
        job.waits_for === null ? '' : fit(`waits for ${waitSentence(job.waits_for)}`, look.columns);
      draw([...table([job], look), wait]);
    },
    end: (job) => draw(jobText(job, { columns: terminal.columns(), color: common.color })),
  };
}

function plain({ terminal }: Call): Display {
  let before: JobView | null = null;
  const show = (job: JobView): void => {
    for (const line of changes(before, job)) terminal.out(`${line}\n`);
    before = job;
  };
  return { show, end: show };
}

function documents({ terminal }: Call): Display {
  let before = '';
  const show = (job: JobView): void => {
    // Elapsed times alone are no news.
    const text = jsonText(job, 0);
    const news = text.replace(/"elapsed_ms":\d+/g, '');
    if (news === before) return;
    before = news;
    terminal.out(`${text}\n`);
  };
  return { show, end: show };
}

function display(call: Call): Display {
  if (call.common.json) return documents(call);
  return call.terminal.interactive ? live(call) : plain(call);
}

/** Looks until it succeeds, as long as the daemon is only away; what it refuses is an error at once. */
async function look(api: Api, path: string, call: Call): Promise<JobView> {
  const begun = performance.now();
  for (;;) {
    try {
      return await api.get<JobView>(path);
    } catch (error) {
      const away = isCommandError(error) && error.exitCode === exitCodes.unreachable;
      if (!away || performance.now() - begun > patience) throw error;
      if (!call.common.json && performance.now() - begun < lookEvery)
        call.terminal.err(`${error.message}; trying again\n`);
    }
    await rest(call.terminal.interruption());
  }
}

async function rest(signal: AbortSignal): Promise<void> {
  try {
    await pause(lookEvery, undefined, { signal });
  } catch (error) {
    throw new CommandError(exitCodes.interrupted, 'interrupted; the job goes on', { cause: error });
  }
}

/** 0 for SUCCESS, 1 for every other end, 124 when `timeout` (milliseconds) went by. */
export async function jobsWatch(
  call: Call,
  watched: { readonly number: string; readonly timeout: number | null },
): Promise<ExitCode> {
  const api = await apiToRead(call);
  const shown = display(call);
  const path = `jobs/${encodeURIComponent(watched.number)}`;
  const begun = performance.now();
  for (;;) {
    const job = await look(api, path, call);
    if (job.state === 'finished' || job.state === 'abandoned') {
      shown.end(job);
      return job.result === 'SUCCESS' ? exitCodes.yes : exitCodes.no;
    }
    shown.show(job);
    if (watched.timeout !== null && performance.now() - begun > watched.timeout) {
      throw new CommandError(exitCodes.timedOut, `job ${watched.number} has no verdict yet; it goes on`);
    }
    await rest(call.terminal.interruption());
  }
}
