// What the logs of a build say that somebody asks about, read from its Buildbot master.

import type { ListedBuild } from '../buildbot/build-list.ts';
import type { Master } from '../buildbot/master.ts';
import type { Reader } from '../evidence/reader/create-reader.ts';
import type { LogKeeper } from '../evidence/step-logs.ts';
import type { ReadLog } from '../flakes/build-reading.ts';
import type { RequestId } from '../gate/ids.ts';
import { CommandError, exitCodes } from './exit.ts';
import type { BuildPage, RequestPage } from './explain-target.ts';

/** Builds of one request that are looked at. */
const mostBuilds = 5;
/** Milliseconds that the reading of all logs of a build may take. */
const readWithin = 300_000;

type LogRow = Awaited<ReturnType<Master['logs']>>[number];

export interface BuildInQuestion {
  readonly build: ListedBuild;
  readonly builder: string;
  readonly platform: string | null;
  readonly testSteps: readonly string[];
  /** Steps that passed are read, too: nothing of it may have failed. */
  readonly passed: boolean;
}

export interface BuildLogs {
  readonly logs: readonly ReadLog[];
  /** Why what went wrong may not all be found in them; null: it is. */
  readonly doubt: string | null;
}

/** The builds of a request, the last ones: a RETRY makes another. */
async function buildsOf(master: Master, { request }: RequestPage): Promise<readonly ListedBuild[]> {
  const [facts] = await master.requests([request as RequestId]);
  const ids = (facts?.builds ?? []).map(({ id }) => id).slice(-mostBuilds);
  return ids.length === 0 ? [] : master.builds({ ids });
}

/** The builds at an address, in the order in which they began; ends with 6 where there is none. */
export async function buildsAt(
  master: Master,
  target: BuildPage | RequestPage,
): Promise<readonly ListedBuild[]> {
  const { page } = target;
  const builds =
    target.kind === 'request'
      ? await buildsOf(master, target)
      : await master.builds({ builderId: target.builder, number: target.number });
  if (builds.length > 0) return [...builds].sort((one, other) => one.id - other.id);
  const why = target.kind === 'request' ? 'it may still be queued, or' : 'it';
  throw new CommandError(
    exitCodes.notFound,
    `Buildbot has no build at ${page}; ${why} may have been deleted there`,
  );
}

/** Reads the logs of a build's steps. Rejects with what the master rejects with. */
export async function readBuildLogs(
  {
    master,
    reader,
    keeper,
  }: { readonly master: Master; readonly reader: Reader; readonly keeper?: LogKeeper<LogRow> },
  { build, builder, platform, testSteps, passed }: BuildInQuestion,
): Promise<BuildLogs> {
  const { readSteps, stepsToRead } = await import('../evidence/read-steps.ts');
  const facts = await master.build(build.id);
  const repeated = (await master.buildProperty(build.id, 'gate_repeated')) !== null;
  const steps = stepsToRead(facts.steps ?? [], { testSteps, measured: repeated || passed });
  const clean = steps.length === 0 && (facts.results === 0 || facts.results === 1);
  const { worker, branch } = build;
  const terms = { builder, repeated, facts: { worker, platform, branch } };
  const early = facts.revision === null;
  const within = readWithin;
  const { logs, doubt } = await readSteps(reader, keeper ?? master, { steps, terms, early, within });
  return { logs, doubt: clean || !facts.complete ? null : doubt };
}
