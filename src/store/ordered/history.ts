// The history, in the journal's database and behind the same serial place. Names of builders and workers stand in
// keys as JSON, for they may hold any character, and no JSON string is the beginning of another. Keys:
//   ended/<time>/<id>               the ending; <id> is run, ordinal and builder
//   ended-id/<id>                   the time: an ending is counted once
//   ended-of/<of>/<name>/<time>/<id>  its place among those of one builder or worker
//   day/<of>/<day>/<name>           the counter of one day
//   note/<name>                     a note of a reader's
// Builds, their counters and the evidence: build-keys.ts, tallies.ts.

import { dayOf, daysBetween, type Day } from '../day.ts';
import type { DayCount, Ending, History, Subject } from '../history.ts';
import {
  findFailures,
  firstSeen,
  forgetBuilds,
  knownBuilds,
  listBuilds,
  oldestTenth,
  recordBuilds,
} from './builds.ts';
import type { Engine } from './engine.ts';
import { baseBuilds, readEvidence } from './evidence.ts';
import { together, type GroupCommit, type View, type Write } from './group-commit.ts';
import { readable, seal, sortable, unseal } from './record.ts';
import { readTallies } from './tallies.ts';

/** What of the history grows with the builds. */
const largest = ['build/', 'seen/', 'tally/', 'base/', 'base-of-branch/'];
const chunk = 200;
const maxPage = 10_000;
/** A report over this many days and names must do; more would be held in memory at once. */
const maxCounters = 200_000;

/** The History port over an engine and its serial place. */
export function orderedHistory(engine: Engine, commits: GroupCommit): History {
  return {
    record: async (endings) => {
      if (endings.length > 0) await commits.submit(together(endings.map(recording)));
    },
    endings: async ({ subject, since, limit }) => {
      const wanted = Math.min(limit, maxPage);
      const prefix = subject === null ? 'ended/' : `ended-of/${subject.of}/${JSON.stringify(subject.name)}/`;
      const found = await newest(engine, { prefix, since, wanted });
      if (subject === null) return found.flatMap(([key, text]) => readable(key, text) as readonly Ending[]);
      const keys = found.map(([, key]) => key);
      const texts = await engine.get(keys);
      // An ending and its index entries come and go in one batch: one that is missing was forgotten between the two reads.
      return keys.flatMap((key, index) => readable(key, texts[index]) as readonly Ending[]);
    },
    days: async ({ of, from, to }) => {
      const range = {
        prefix: `day/${of}/`,
        above: `day/${of}/${from}/`,
        below: `day/${of}/${to}/\u{10FFFF}`,
      };
      const entries = await engine.scan({ ...range, limit: maxCounters });
      return entries.flatMap(([key, text]) => readable(key, text) as readonly DayCount[]);
    },
    recordBuilds: (builds) => recordBuilds(commits, builds),
    knownBuilds: (builds) => knownBuilds(engine, builds),
    builds: (query) => listBuilds(engine, query),
    failures: (query) => findFailures(engine, query),
    firstSeen: (trait, names) => firstSeen(engine, trait, names),
    baseBuilds: (query) => baseBuilds(engine, query),
    evidence: (query) => readEvidence(engine, query),
    tallies: ({ scope, from, to }) => readTallies(engine, { scope, days: daysBetween(from, to) }),
    note: async (name) => (await engine.get([`note/${name}`]))[0] ?? null,
    setNote: (name, value) =>
      commits.submit({
        bytes: value.length,
        reads: [],
        apply: (view) => {
          view.put(`note/${name}`, value);
        },
      }),
    trim: async (bytes) => {
      const sizes = await Promise.all(largest.map((prefix) => engine.size(prefix)));
      if (sizes.reduce((sum, size) => sum + size, 0) <= bytes) return 0;
      const cut = await oldestTenth(engine);
      if (cut === null) return 0;
      const count = await forgetAll(engine, commits, cut);
      // Until then the deleted ones count as they did, and the next call would delete more than it must.
      for (const prefix of largest) await engine.compact(prefix);
      return count;
    },
    forget: (before) => forgetAll(engine, commits, Math.max(0, before)),
  };
}

async function forgetAll(engine: Engine, commits: GroupCommit, before: number): Promise<number> {
  const endings = await forgetEndings(engine, commits, before);
  const builds = await forgetBuilds(engine, commits, before);
  for (const prefix of ['day/builder/', 'day/worker/', 'tally/']) {
    await forgetDays(engine, commits, { prefix, before: dayOf(before) });
  }
  return endings + builds;
}

function recording(ending: Ending): Write<void> {
  const id = idOf(ending);
  const text = seal(ending);
  const keys = keysOf(ending);
  const counters = subjectsOf(ending).map(({ of, name }) => ({
    name,
    key: `day/${of}/${dayOf(ending.endedAt)}/${JSON.stringify(name)}`,
  }));
  return {
    bytes: text.length,
    reads: [`ended-id/${id}`, ...counters.map(({ key }) => key)],
    apply: (view) => {
      if (view.get(`ended-id/${id}`) !== undefined) return;
      view.put(`ended-id/${id}`, keys.record);
      view.put(keys.record, text);
      for (const key of keys.index) view.put(key, keys.record);
      for (const { key, name } of counters) count(view, key, { ending, name });
    },
  };
}

function removal(ending: Ending): Write<void> {
  const keys = keysOf(ending);
  return {
    bytes: 100,
    reads: [],
    apply: (view) => {
      for (const key of [keys.record, `ended-id/${idOf(ending)}`, ...keys.index]) view.del(key);
    },
  };
}

function count(view: View, key: string, { ending, name }: { ending: Ending; name: string }): void {
  const text = view.get(key);
  const day = dayOf(ending.endedAt);
  const old: DayCount =
    text === undefined ? { day, name, outcomes: {}, waited: 0, ran: 0 } : (unseal(key, text) as DayCount);
  const outcomes = { ...old.outcomes, [ending.outcome]: (old.outcomes[ending.outcome] ?? 0) + 1 };
  view.put(key, seal({ ...old, outcomes, waited: old.waited + ending.waited, ran: old.ran + ending.ran }));
}

function idOf({ run, ordinal, builder }: Ending): string {
  return `${run}/${sortable(ordinal, `the ordinal of an attempt of run ${run}`)}/${JSON.stringify(builder)}`;
}

function keysOf(ending: Ending): { readonly record: string; readonly index: readonly string[] } {
  const at = sortable(ending.endedAt, `the end of an attempt of run ${ending.run} on ${ending.builder}`);
  const tail = `${at}/${idOf(ending)}`;
  return {
    record: `ended/${tail}`,
    index: subjectsOf(ending).map(({ of, name }) => `ended-of/${of}/${JSON.stringify(name)}/${tail}`),
  };
}

/** The builder always; the worker where a build began. */
function subjectsOf({ builder, worker }: Ending): readonly Subject[] {
  const built: Subject = { of: 'builder', name: builder };
  return worker === null ? [built] : [built, { of: 'worker', name: worker }];
}

/** Entries from `since` on, newest first, at most `wanted`. */
async function newest(
  engine: Engine,
  { prefix, since, wanted }: { readonly prefix: string; readonly since: number; readonly wanted: number },
): Promise<readonly (readonly [key: string, value: string])[]> {
  const above = `${prefix}${sortable(Math.max(0, since), '`since`')}/`;
  return engine.scan({ prefix, above, reverse: true, limit: wanted });
}

async function forgetEndings(engine: Engine, commits: GroupCommit, before: number): Promise<number> {
  const below = `ended/${sortable(before, 'the time to forget before')}/`;
  let above: string | undefined;
  for (let deleted = 0; ;) {
    const entries = await engine.scan({ prefix: 'ended/', below, limit: chunk, ...(above ? { above } : {}) });
    const endings = entries.flatMap(([key, text]) => readable(key, text) as readonly Ending[]);
    await Promise.all(endings.map((ending) => commits.submit(removal(ending))));
    deleted += endings.length;
    above = entries.at(-1)?.[0];
    if (above === undefined || entries.length < chunk) return deleted;
  }
}

async function forgetDays(
  engine: Engine,
  commits: GroupCommit,
  { prefix, before }: { readonly prefix: string; readonly before: Day },
): Promise<void> {
  for (;;) {
    const range = { prefix, below: `${prefix}${before}/`, limit: chunk };
    const keys = (await engine.scan(range)).map(([key]) => key);
    await commits.submit({ bytes: chunk, reads: [], apply: (view) => keys.forEach((key) => view.del(key)) });
    if (keys.length < chunk) return;
  }
}
