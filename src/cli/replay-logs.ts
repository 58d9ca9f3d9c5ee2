// Signatures tried on the logs that Buildbot still holds: of builds in which the kept facts allow a hit, and of builds that passed.

import type { ListedBuild } from '../buildbot/build-list.ts';
import type { Master } from '../buildbot/master.ts';
import { createReader, type Reader } from '../evidence/reader/create-reader.ts';
import type { LineEngine } from '../flakes/signature/line-pattern.ts';
import { looksAtLog, passingPart } from '../flakes/signature/log-part.ts';
import type { NamedFailure, Replay } from '../flakes/signature/replay.ts';
import { createSignatureSet, type LogWatch, type SignatureSet } from '../flakes/signature/signature-set.ts';
import type { Signature } from '../flakes/signature/signature.ts';
import { platformOf } from '../fleet/coverage.ts';
import { buildsAt, readBuildLogs } from './build-logs.ts';
import { isCommandError } from './exit.ts';
import { masterOf, type MasterInQuestion } from './explain-master.ts';
import { targetOf, type BuildPage } from './explain-target.ts';
import type { Call } from './terminal.ts';

/** Builds read again, the newest ones: in which something failed, and that passed. */
const mostFailed = 40;
const mostPassed = 40;
/** Of each builder that passed, so that one that builds often does not stand for all. */
const mostOfBuilder = 4;
/** Bytes of logs, all together, and milliseconds after which no other build is begun. */
const mostBytes = 512 * 1024 * 1024;
const longest = 300_000;
/** The newest builds of the master among which those that passed are looked for. */
const newest = 500;
const page = 100;

export interface TriedSignature {
  readonly signature: Signature;
  readonly replay: Replay;
}

export interface LogsAsked {
  readonly tried: readonly TriedSignature[];
  /** Those in force beside them. */
  readonly others: readonly Signature[];
  readonly engine: LineEngine;
  /** The page of each build that the history keeps. */
  readonly pages: ReadonlyMap<string, string>;
  /** Of the builders that the history names. */
  readonly platforms: ReadonlyMap<string, string>;
  /** Milliseconds since 1970; builds before that are not looked at. */
  readonly since: number;
}

export interface LogsRead {
  readonly failed: number;
  readonly passed: number;
  /** Megabytes. */
  readonly megabytes: number;
  /** Why there are not more; null: nothing was in the way. */
  readonly why: string | null;
}

interface Work extends LogsAsked {
  readonly at: MasterInQuestion;
  readonly reader: Reader;
  readonly end: number;
  readonly passing: SignatureSet;
  bytes: number;
  watches: LogWatch[];
}

type Row = Awaited<ReturnType<Master['logs']>>[number];

/** The master's logs, counted; those that a step printed are shown to the signatures of passing builds as they go by. */
function keeperOf(work: Work) {
  const { master } = work.at;
  return {
    logs: (step: number) => master.logs(step),
    async *logPages(row: Row, from: number): AsyncGenerator<Uint8Array> {
      const watch = row.slug === 'stdio' ? work.passing.watch('contents') : null;
      for await (const piece of master.logPages(row, from)) {
        work.bytes += piece.length;
        // Before it is handed on: it goes to the reader's thread, and is nobody's here then.
        watch?.write(piece);
        yield piece;
        if (work.bytes > mostBytes) break;
      }
      watch?.end();
      if (watch !== null) work.watches.push(watch);
    },
  };
}

function isSpent({ bytes, end }: Work): boolean {
  return bytes > mostBytes || performance.now() > end;
}

async function readOne(work: Work, build: ListedBuild) {
  const { at, reader } = work;
  work.watches = [];
  const builder = build.builder ?? '';
  // What the daemon says: there need be no configuration where this runs.
  const platforms = at.config?.fleet.platforms ?? null;
  const platform =
    work.platforms.get(builder) ?? (platforms === null ? null : platformOf(builder, platforms));
  const passed = build.results === 0;
  const question = { build, builder, platform, testSteps: at.testSteps, passed };
  const { logs } = await readBuildLogs({ master: at.master, reader, keeper: keeperOf(work) }, question);
  const { failuresIn } = await import('../flakes/build-reading.ts');
  const readable = logs.filter(({ reading, why }) => reading !== null && why === null);
  const failures = failuresIn(readable, null).map(({ named, cleared }): NamedFailure => ({
    named,
    passed: passed && !cleared,
  }));
  return { platform, read: readable.length > 0, failures };
}

/** The ids of the signatures whose text stands in what a build printed, wherever that is. */
function inText({ watches, passing }: Work, facts: Readonly<Record<string, string>>): ReadonlySet<string> {
  const failures = watches.map(({ hits }) => {
    const others = watches.filter((one) => one.hits !== hits).map((one) => one.hits);
    return { facts, place: { lines: [0, 0] as const, step: hits, others } };
  });
  return new Set(passing.match(failures).flatMap((found) => found.map(({ signature }) => signature.id)));
}

/** null: the page is of another thing, as of a builder that is gone. */
async function pageOf(url: string | undefined): Promise<BuildPage | null> {
  try {
    const target = await targetOf(url ?? '');
    return target.kind === 'build' ? target : null;
  } catch (error) {
    if (isCommandError(error)) return null;
    throw error;
  }
}

/** Builds in which the facts allow a hit, the newest first. */
async function readFailed(work: Work): Promise<number> {
  const wanted = new Set(work.tried.flatMap(({ replay }) => replay.builds()));
  let count = 0;
  for (const build of [...wanted].slice(0, mostFailed)) {
    const target = await pageOf(work.pages.get(build));
    if (target === null || isSpent(work)) continue;
    const listed = await buildsAt(work.at.master, target).catch(gone);
    // A master that began anew gives numbers out again.
    const same = listed.find(({ id, startedAt }) => build === `${id} ${startedAt * 1_000}`);
    if (same === undefined) continue;
    const { read, failures } = await readOne(work, same);
    if (!read) continue;
    count += 1;
    for (const { replay } of work.tried) replay.read(build, failures);
  }
  return count;
}

function gone(error: unknown): readonly ListedBuild[] {
  // Buildbot forgets builds before the history does.
  if (isCommandError(error)) return [];
  throw error;
}

/** The newest builds that passed, at most so many of a builder. */
async function passedBuilds({ at: { master }, since }: Work): Promise<readonly ListedBuild[]> {
  const last = await master.newestBuild();
  const builds: ListedBuild[] = [];
  for (let above = Math.max(0, last - newest); above < last; above += page)
    builds.push(...(await master.builds({ above, limit: page })).filter(({ id }) => id <= above + page));
  const ofBuilder = new Map<string, number>();
  return builds
    .reverse()
    .filter(({ results, completeAt }) => results === 0 && (completeAt ?? 0) * 1_000 >= since)
    .filter(({ builder }) => {
      const count = (ofBuilder.get(builder ?? '') ?? 0) + 1;
      ofBuilder.set(builder ?? '', count);
      return count <= mostOfBuilder;
    })
    .slice(0, mostPassed);
}

async function readPassed(work: Work): Promise<number> {
  let count = 0;
  for (const build of await passedBuilds(work)) {
    if (isSpent(work)) break;
    const { read, failures, platform } = await readOne(work, build);
    if (!read) continue;
    count += 1;
    const { builder, worker, branch } = build;
    const known = Object.entries({ builder, worker, branch, platform }).filter(([, value]) => value !== null);
    const printed = inText(work, Object.fromEntries(known) as Record<string, string>);
    const named = new Set(failures.flatMap((one) => (one.passed ? one.named : [])));
    for (const { signature, replay } of work.tried)
      replay.readPassing(printed.has(signature.id) || named.has(signature.id));
  }
  return count;
}

async function readAll(work: Work): Promise<LogsRead> {
  let [failed, passed] = [0, 0];
  let why: string | null = null;
  try {
    failed = await readFailed(work);
    passed = await readPassed(work);
  } catch (error) {
    const told = work.at.failed(error);
    if (!isCommandError(told)) throw error;
    why = told.message;
  }
  const spent = isSpent(work) ? 'there is a bound to what is read again' : null;
  return { failed, passed, megabytes: Math.round(work.bytes / 1_000_000), why: why ?? spent };
}

/** Reads logs again and tells the replays. A master that does not answer, or has no logs any more, leaves them as they were. */
export async function replayLogs(call: Call, asked: LogsAsked): Promise<LogsRead> {
  let first: BuildPage | null = null;
  for (const url of asked.pages.values()) if ((first ??= await pageOf(url)) !== null) break;
  if (first === null)
    return { failed: 0, passed: 0, megabytes: 0, why: 'no build of the history has a page' };
  const at = await masterOf(call, first.master);
  const reader = createReader();
  const ours = asked.tried.map(({ signature }) => signature);
  const ids = new Set(ours.map(({ id }) => id));
  reader.use([...ours, ...asked.others.filter(({ id }) => !ids.has(id))]);
  const texts = ours.filter(({ match }) => looksAtLog(match));
  const parts = texts.map((signature) => ({ ...signature, match: passingPart(signature.match) }));
  const passing = createSignatureSet(parts, asked.engine);
  const end = performance.now() + longest;
  try {
    return await readAll({ ...asked, at, reader, end, passing, bytes: 0, watches: [] });
  } finally {
    await Promise.all([reader.close(), at.close()]);
  }
}
