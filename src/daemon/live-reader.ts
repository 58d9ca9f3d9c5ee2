// Reads while builds still run. The log of a test step that has just failed is read at once, before the build ends; one that runs is
// looked at now and then, and followed closely once it shows a failure. A green job must stay cheap: looks at logs that show nothing
// wrong are rationed (BUILDBOT.md section 7: the worker sends every 5 s, so nothing is gained by asking more often).

import type { Hint, Master } from '../buildbot/master.ts';
import type { FollowedLog, Reader } from '../evidence/reader/create-reader.ts';
import type { Told } from '../evidence/reader/orders.ts';
import { logBytes, readableLogs } from '../evidence/step-logs.ts';
import { failuresIn, readingOf } from '../flakes/build-reading.ts';
import type { Reading } from '../flakes/reading.ts';
import type { BuilderName } from '../fleet/fleet.ts';
import type { BuildFacts, StepFacts } from '../gate/facts.ts';
import type { BuildId, RunId } from '../gate/ids.ts';
import type { Run } from '../gate/run.ts';
import type { Log } from '../observe/log.ts';
import type { LiveReadings } from './live-readings.ts';
import type { BuildInQuestion } from './read-build.ts';
import type { Register } from './register.ts';

export interface LiveReaderParts {
  readonly master: Pick<Master, 'logs' | 'logPages'>;
  readonly reader: Pick<Reader, 'follow'>;
  readonly register: Pick<Register, 'ofBuild' | 'get'>;
  readonly live: LiveReadings;
  readonly read: (question: BuildInQuestion) => Promise<Reading>;
  /** Something that is shown of the run changed. */
  readonly shown: (run: Run) => void;
  readonly mono: () => number;
  readonly log: Log;
}

export interface LiveReader {
  hint(hint: Hint): void;
  /** Looks at what is due; called every few seconds. */
  tick(): Promise<void>;
}

/** Milliseconds. */
const coldEvery = 60_000;
const readWithin = 60_000;
/** Logs that are followed, and looks of one tick. */
const mostFollowed = 200;
const looksAtOnce = 10;

interface Followed {
  readonly run: RunId;
  readonly build: BuildId;
  readonly builder: BuilderName;
  readonly step: StepFacts;
  readonly since: number;
  lookedAt: number;
  /** It shows a failure. */
  hot: boolean;
  log: FollowedLog | null;
  lines: number;
}

type Place = Pick<Followed, 'run' | 'build' | 'builder'>;

/** What a log that still grows tells; nothing of it is evidence. */
function soFar(step: string, told: Told): Reading | null {
  if (told.kind !== 'log') return null;
  const logs = [
    { step, failed: true, early: false, reading: told, why: null, named: [], repeats: null },
  ] as const;
  const doubt = 'the build still runs';
  return readingOf(logs, failuresIn(logs, null), { byKey: null, base: null, speaker: () => null, doubt });
}

export function createLiveReader(parts: LiveReaderParts): LiveReader {
  const { master, reader, register, live, mono, log } = parts;
  const followed = new Map<number, Followed>();
  const coldAt = new Map<RunId, number>();

  const placeOf = (build: BuildId): { readonly run: Run; readonly place: Place } | null => {
    const known = register.ofBuild(build);
    const run = known === undefined ? undefined : register.get(known.run);
    const attempt = run?.attempts.find(({ request }) => request === known?.request);
    if (run?.phase !== 'started' || attempt?.role !== 'vote') return null;
    return { run, place: { run: run.id, build, builder: attempt.builder } };
  };
  const show = ({ run, builder }: Place, reading: Reading): void => {
    live.set(run, builder, reading);
    const now = register.get(run);
    if (now !== undefined) parts.shown(now);
  };
  const leave = (step: number): void => {
    followed.get(step)?.log?.drop();
    followed.delete(step);
  };

  /** The step has ended and something went wrong in it: its log is complete, whatever else the build has to do. */
  const readStep = async (run: Run, place: Place, step: StepFacts): Promise<void> => {
    const { terms } = run;
    const known = run.attempts.flatMap(({ builds }) => builds).find(({ id }) => id === place.build);
    if (terms === null || known === undefined) return;
    // Its checkout is proved when the build ends; until then nobody calls it early.
    const facts: BuildFacts = { ...known, revision: known.revision ?? '', steps: [step] };
    const platform = run.plan?.builders.find(({ name }) => name === place.builder)?.platform ?? null;
    const { build, builder } = place;
    const question = { build, builder, role: 'vote', terms, platform, facts, changed: null } as const;
    show(place, await parts.read({ ...question, within: readWithin }));
  };

  const told = (error: unknown, { builder, build }: Place): void => {
    log.info({ builder, build, err: error }, 'a log could not be read while its build runs');
  };

  const stepHint = (run: Run, place: Place, step: StepFacts): void => {
    const isTest = run.terms?.definition.testSteps.includes(step.name) === true;
    if (!step.complete) {
      if (isTest && step.startedAt !== null && followed.size < mostFollowed && !followed.has(step.id)) {
        const now = mono();
        followed.set(step.id, { ...place, step, since: now, lookedAt: now, hot: false, log: null, lines: 0 });
      }
      return;
    }
    leave(step.id);
    if (step.results === 2 || (isTest && step.results === 1))
      readStep(run, place, step).catch((error: unknown) => {
        told(error, place);
      });
  };

  const look = async (one: Followed): Promise<void> => {
    one.lookedAt = mono();
    const row = readableLogs(await master.logs(one.step.id)).find(({ slug }) => slug === 'stdio');
    if (row === undefined || row.lines <= one.lines) return;
    const terms = {
      format: 'contents',
      repeated: false,
      step: one.step.name,
      builder: one.builder,
      facts: {},
    } as const;
    one.log ??= reader.follow(terms);
    for await (const bytes of logBytes(master, row, one.lines)) await one.log.write(bytes);
    one.lines = row.lines;
    const reading = soFar(
      one.step.name,
      (await one.log.look()) ?? { kind: 'report', state: 'cut', cases: 0, left: 0 },
    );
    if (reading === null || reading.failures.length === 0 || !followed.has(one.step.id)) return;
    one.hot = true;
    show(one, reading);
  };

  /** Those that show a failure, and for each run one other a minute: the one not looked at for longest. */
  const due = (): readonly Followed[] => {
    const now = mono();
    const hot = [...followed.values()].filter((one) => one.hot);
    const cold: Followed[] = [];
    for (const run of new Set([...followed.values()].map((one) => one.run))) {
      if (now - (coldAt.get(run) ?? -Infinity) < coldEvery) continue;
      const [next] = [...followed.values()]
        .filter((one) => one.run === run && !one.hot && now - one.lookedAt >= coldEvery)
        .sort((one, other) => one.lookedAt - other.lookedAt);
      if (next === undefined) continue;
      coldAt.set(run, now);
      cold.push(next);
    }
    return [...cold, ...hot.sort((one, other) => one.lookedAt - other.lookedAt)].slice(0, looksAtOnce);
  };

  const forgetEnded = (): void => {
    for (const [step, { build }] of followed) if (placeOf(build) === null) leave(step);
    for (const run of coldAt.keys()) if (register.get(run)?.phase !== 'started') coldAt.delete(run);
  };

  return {
    hint(hint) {
      if (hint.kind !== 'build') return;
      const found = placeOf(hint.build);
      if (found === null) return;
      if (hint.step !== null) stepHint(found.run, found.place, hint.step);
      if (hint.finished) for (const [step, { build }] of followed) if (build === hint.build) leave(step);
    },
    async tick() {
      forgetEnded();
      for (const one of due()) {
        try {
          await look(one);
        } catch (error) {
          told(error, one);
          // The thread may have died of it, or the log is gone: its end is read in any case.
          leave(one.step.id);
        }
      }
    },
  };
}
