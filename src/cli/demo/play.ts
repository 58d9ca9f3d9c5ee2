// Plays the scenarios: submits, looks at the jobs again and again, shows them, and compares each verdict with what it must be.

import { setTimeout as pause } from 'node:timers/promises';
import type { JobView } from '../../views/document.ts';
import type { Api } from '../api.ts';
import { CommandError, exitCodes, isCommandError } from '../exit.ts';
import { jobName } from './config.ts';
import { proposed, type Gatekeeper, type Submission } from './gatekeeper.ts';
import { createActs, steeringTable, type Scenario, type Scene } from './scenarios.ts';
import type { Screen } from './screen.ts';
import type { Stage } from './stage.ts';

/** Milliseconds between two looks, and until one thing that is waited for must have come. */
const lookEvery = 400;
const patience = 180_000;

export interface Parts {
  readonly stage: Stage;
  readonly api: Api;
  readonly gatekeeper: Gatekeeper;
  readonly screen: Screen;
  readonly signal: AbortSignal;
  /** Keeps what has to be done before the stage goes. */
  readonly atEnd: (end: () => Promise<void>) => void;
}

/** How one scenario came out. */
export interface Outcome {
  readonly title: string;
  readonly expected: string;
  /** As the gatekeeper got it over Gearman; null when it got none. */
  readonly result: string | null;
  readonly summary: string;
  readonly url: string;
  /** What is not as it must be; null when all is. */
  readonly wrong: string | null;
}

interface Role {
  readonly scenario: Scenario;
  readonly submission: Submission;
  job: JobView | null;
}

async function lookAt(role: Role, api: Api): Promise<void> {
  try {
    role.job = await api.get<JobView>(`jobs/${role.submission.change.number}`);
  } catch (error) {
    // Not taken yet, or the daemon is just coming: what was seen last stays, and the patience of who waits has an end.
    const early: readonly unknown[] = [exitCodes.notFound, exitCodes.unreachable, exitCodes.timedOut];
    if (!isCommandError(error) || !early.includes(error.exitCode)) throw error;
  }
}

interface Wait {
  readonly what: string;
  readonly condition: () => boolean;
}

type Until = (wait: Wait) => Promise<void>;

function createUntil(parts: Parts, roles: readonly Role[]): Until {
  const { stage, api, screen, signal } = parts;
  const shown = () =>
    roles.flatMap(({ scenario, job }) => (job === null ? [] : [{ title: scenario.title, job }]));
  return async ({ what, condition }) => {
    const end = performance.now() + patience;
    for (;;) {
      stage.checkServers();
      const open = roles.filter(
        ({ job, submission }) => job?.finished_at == null || job.cleaning || submission.waiting(),
      );
      await Promise.all(open.map((role) => lookAt(role, api)));
      screen.show(shown(), `waiting for ${what}`);
      if (condition()) return;
      if (performance.now() > end) {
        const why = `waited ${patience / 1000} s in vain for ${what}; is the machine very busy?`;
        throw new CommandError(exitCodes.no, why);
      }
      await pause(lookEvery, undefined, { signal });
    }
  };
}

function sceneOf(role: Role, parts: Parts, until: Until): Scene {
  const { scenario, submission } = role;
  return {
    ...parts,
    submission,
    say: (text) => parts.screen.say(text),
    async until(what, condition) {
      await until({
        what: `"${scenario.title}": ${what}`,
        condition: () => role.job !== null && condition(role.job),
      });
      if (role.job === null) throw new Error(`"${scenario.title}" has no job`);
      return role.job;
    },
  };
}

function outcomeOf({ scenario, submission, job }: Role): Outcome {
  const { title, expected } = scenario;
  const { result } = submission.heard();
  const told = { title, expected, result, summary: job?.summary ?? '', url: job?.url ?? '' };
  if (result === null) {
    const words = submission.words().trim();
    return { ...told, wrong: `the gatekeeper got no verdict${words === '' ? '' : `: ${words}`}` };
  }
  if (result !== expected) return { ...told, wrong: `the verdict is ${result} and must be ${expected}` };
  return { ...told, wrong: job === null ? 'it has no page' : scenario.wrong(job, submission.change) };
}

/** Plays all of it; rejects when a server is gone, a wait was in vain or the signal is aborted. */
export async function play(parts: Parts): Promise<readonly Outcome[]> {
  const { stage, gatekeeper, screen } = parts;
  const acts = createActs();
  const change = (title: string) => proposed(title, stage.folder);
  const steered = acts.flat().map(({ title, steering }) => [change(title).commit, steering] as const);
  await stage.buildbot.scenarios(steeringTable(Object.fromEntries(steered)));
  const roles: Role[] = [];
  const until = createUntil(parts, roles);
  for (const act of acts) {
    for (const scenario of act) screen.say(scenario.story);
    const cast: Role[] = [];
    for (const scenario of act) {
      const submission = await gatekeeper.submit(jobName, change(scenario.title));
      parts.atEnd(() => submission.stop());
      cast.push({ scenario, submission, job: null });
    }
    roles.push(...cast);
    for (const role of cast) {
      await role.scenario.meanwhile?.(sceneOf(role, parts, until));
    }
    const condition = (): boolean =>
      cast.every(({ submission, job }) => !submission.waiting() && job?.finished_at != null);
    const titles = cast.map(({ scenario }) => `"${scenario.title}"`);
    await until({ what: `the verdict of ${titles.join(' and ')}`, condition });
  }
  screen.settle();
  return roles.map(outcomeOf);
}
