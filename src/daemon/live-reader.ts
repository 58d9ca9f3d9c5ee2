// Reads while builds still run. The log of a step that has just failed is read at once, before the build ends; one that runs is looked at
// as its turn comes (look-turns.ts), and at once whenever Buildbot tells of new lines after it has shown a failure. What is found is
// classed like the end of the build; it is shown and decides nothing.

import { BuildbotError } from '../buildbot/buildbot-error.ts';
import type { Hint, Master } from '../buildbot/master.ts';
import { stepsToRead } from '../evidence/read-steps.ts';
import type { Reader } from '../evidence/reader/create-reader.ts';
import type { Told } from '../evidence/reader/orders.ts';
import type { ReadLog } from '../flakes/build-reading.ts';
import type { Reading } from '../flakes/reading.ts';
import type { Signature } from '../flakes/signature/signature.ts';
import type { BuildFacts, StepFacts } from '../gate/facts.ts';
import type { BuildId } from '../gate/ids.ts';
import type { Run } from '../gate/run.ts';
import { classify, type ClassifyParts } from './classify.ts';
import { createFollowedLogs, type FollowedLog, type RunningBuild } from './followed-logs.ts';
import type { LiveReadings } from './live-readings.ts';
import { createLookPurse, dueTurns, type Turn } from './look-turns.ts';
import type { BuildInQuestion } from './read-build.ts';
import type { Register } from './register.ts';

export interface LiveReaderParts extends ClassifyParts {
  readonly master: Pick<Master, 'nextLines' | 'listenToLog' | 'watching'>;
  readonly reader: Pick<Reader, 'follow'>;
  readonly register: Pick<Register, 'ofBuild' | 'get' | 'all'>;
  readonly live: LiveReadings;
  readonly read: (question: BuildInQuestion) => Promise<Reading>;
  /** Something that is shown of the run changed. */
  readonly shown: (run: Run) => void;
  readonly mono: () => number;
}

export interface LiveReader {
  hint(hint: Hint): void;
  /** Begins what is due; called about twice a second. Resolves when that is done, and never rejects. */
  tick(): Promise<void>;
}

/** Milliseconds. */
const readWithin = 60_000;
/** A build of which no event told a step is asked for its test step by name; not before it may have come to it. */
const namedAfter = 15_000;
/** Looks at one time. */
const looksAtOnce = 10;
/** Pages of one look: a log that shows nothing wrong costs one request. */
const coldPages = 1;
const hotPages = 40;

const doubt = 'the build still runs';

/** What a log that still grows tells, in the shape of a log that has ended. */
function soFar(step: string, told: Told): readonly ReadLog[] {
  if (told.kind !== 'log') return [];
  const named = told.named.map((names) => names.map(({ id }) => id));
  return [{ step, failed: true, early: false, reading: told, why: null, named, repeats: null }];
}

/** The build where its run still waits for it as a vote; null for any other. */
function runningBuild(register: LiveReaderParts['register'], build: BuildId): RunningBuild | null {
  const known = register.ofBuild(build);
  const run = known === undefined ? undefined : register.get(known.run);
  const attempt = run?.attempts.find(({ request }) => request === known?.request);
  const facts = attempt?.builds.find(({ id }) => id === build);
  if (run?.phase !== 'started' || run.terms === null || attempt?.role !== 'vote' || facts === undefined)
    return null;
  if (facts.complete) return null;
  const { builder } = attempt;
  const platform = run.plan?.builders.find(({ name }) => name === builder)?.platform ?? null;
  return { run: run.id, build, builder, terms: run.terms, platform, facts };
}

/** Builds that run and of which no event told a step: without events, or after a restart. */
function untold(run: Run): readonly BuildId[] {
  if (run.phase !== 'started') return [];
  return run.attempts.flatMap(({ role, builds }) => {
    const last = builds.at(-1);
    return role === 'vote' && last !== undefined && !last.complete && last.steps === null ? [last.id] : [];
  });
}

export function createLiveReader(parts: LiveReaderParts): LiveReader {
  const { master, register, live, mono, log } = parts;
  const logs = createFollowedLogs(parts);
  const purse = createLookPurse();
  /** Builds with a failed step, and the signatures with which it was read. */
  const ended = new Map<BuildId, readonly Signature[]>();
  const untoldSince = new Map<BuildId, number>();
  let looks = 0;

  const show = ({ run, builder, build }: RunningBuild, reading: Reading): void => {
    live.set(run, builder, { build, reading });
    const now = register.get(run);
    if (now !== undefined) parts.shown(now);
  };
  const failed = (error: unknown, { builder, build }: RunningBuild): void => {
    log.info({ builder, build, err: error }, 'a log could not be read while its build runs');
  };

  /** A step has ended and something went wrong in it: its log is complete, whatever else the build has to do. */
  const readEnded = async (of: RunningBuild, steps: readonly StepFacts[]): Promise<void> => {
    ended.set(of.build, parts.signatures());
    // Its checkout is proved when the build ends; until then nobody calls it early.
    const facts: BuildFacts = { ...of.facts, revision: of.facts.revision ?? '', steps };
    const { build, builder, terms, platform } = of;
    const question = { build, builder, role: 'vote', terms, platform, facts, changed: null } as const;
    try {
      show(of, await parts.read({ ...question, within: readWithin }));
    } catch (error) {
      failed(error, of);
    }
  };

  const look = async (one: FollowedLog): Promise<void> => {
    if (one.hot && one.log.isStale()) logs.anew(one);
    const told = await one.log.next(one.hot ? hotPages : coldPages);
    if (told === null) return;
    const found = { logs: soFar(one.step, told), doubt, changed: null };
    const reading = await classify(parts, one.of, found);
    if (reading.failures.length === 0 || !logs.has(one)) return;
    one.hot = true;
    show(one.of, reading);
  };
  const lookNow = async (one: FollowedLog): Promise<void> => {
    looks += 1;
    one.looking = true;
    one.lookedAt = mono();
    try {
      await look(one);
      if (one.log.isTooLarge()) logs.leave(one);
    } catch (error) {
      failed(error, one.of);
      // The thread may have died of it, or the log is gone: its end is read in any case.
      if (!(error instanceof BuildbotError && error.retry === 'transient')) logs.leave(one);
    }
    looks -= 1;
    one.looking = false;
  };

  const turnOf = (one: FollowedLog): Turn & { readonly one: FollowedLog } => {
    const { hot, looking, lookedAt, told } = one;
    return {
      one,
      run: one.of.run,
      ...{ hot, looking, lookedAt },
      besides: [...live.of(one.of.run).values()].some(({ failures }) => failures.length > 0),
      listening: one.stepId !== null && master.watching(),
      unread: told === null ? null : Math.max(0, told.last - one.log.lines()),
      toldAt: told?.at ?? 0,
      onlyHead: told === null || told.last === told.first,
      stale: one.log.isStale(),
    };
  };
  const begin = async (): Promise<void> => {
    const now = mono();
    const turns = logs.all().map(turnOf);
    const runs = new Set(turns.map(({ run }) => run)).size;
    const due = dueTurns(turns, {
      now,
      room: Math.max(0, looksAtOnce - looks),
      free: (run) => purse.take(run, { builders: register.get(run)?.plan?.builders.length ?? 1, runs, now }),
    });
    await Promise.all(due.map(({ one }) => lookNow(one)));
  };

  const stepBegan = (of: RunningBuild, step: StepFacts): void => {
    // The steps of this build are told of, so it is not asked for one by name.
    for (const one of logs.all()) if (one.of.build === of.build && one.stepId === null) logs.leave(one);
    if (step.startedAt === null || !of.terms.definition.testSteps.includes(step.name)) return;
    live.begin(of.run, of.builder, of.build);
    logs.follow(of, step);
  };
  const stepEnded = (of: RunningBuild, step: StepFacts): void => {
    const one = logs.get(of.build, step.name);
    const last = one?.hot === true && !one.looking ? lookNow(one) : null;
    const steps = [...(of.facts.steps ?? []).filter(({ id }) => id !== step.id), step];
    const toRead = stepsToRead(steps, { testSteps: of.terms.definition.testSteps, measured: false });
    const whole = toRead.includes(step) ? readEnded(of, toRead) : Promise.resolve();
    if (one === undefined) return;
    // The last piece may be there long before the whole; it is not shown after it.
    if (last === null) logs.leave(one);
    else
      void Promise.race([last, whole]).then(() => {
        logs.leave(one);
      });
  };

  const forgetEnded = (): void => {
    for (const one of logs.all()) if (runningBuild(register, one.of.build) === null) logs.leave(one);
    for (const build of ended.keys()) if (runningBuild(register, build) === null) ended.delete(build);
    purse.keep((run) => register.get(run)?.phase === 'started');
  };
  /** What was read with signatures that are not in force any more. */
  const readStale = (): void => {
    for (const [build, signatures] of ended) {
      const of = signatures === parts.signatures() ? null : runningBuild(register, build);
      if (of === null) continue;
      const { testSteps } = of.terms.definition;
      void readEnded(of, stepsToRead(of.facts.steps ?? [], { testSteps, measured: false }));
    }
  };
  const followUntold = (): void => {
    const builds = new Set(register.all().flatMap(untold));
    for (const build of untoldSince.keys()) if (!builds.has(build)) untoldSince.delete(build);
    for (const build of builds) {
      const since = untoldSince.get(build) ?? mono();
      untoldSince.set(build, since);
      const of = mono() - since < namedAfter ? null : runningBuild(register, build);
      if (of === null) continue;
      live.begin(of.run, of.builder, of.build);
      for (const name of of.terms.definition.testSteps) logs.follow(of, { name, id: null });
    }
  };

  return {
    hint(hint) {
      if (hint.kind === 'log' && logs.hear(hint.step, hint.lines)?.hot === true) void begin();
      if (hint.kind !== 'build') return;
      const of = runningBuild(register, hint.build);
      if (of !== null && hint.step !== null) (hint.step.complete ? stepEnded : stepBegan)(of, hint.step);
      if (hint.finished)
        for (const one of logs.all()) if (one.of.build === hint.build && !one.looking) logs.leave(one);
    },
    async tick() {
      forgetEnded();
      followUntold();
      readStale();
      await begin();
    },
  };
}
