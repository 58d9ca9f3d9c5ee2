// The history on classic-level, in the journal's database and behind the same serial place. Names of builders and workers stand in
// keys as JSON, for they may hold any character, and no JSON string is the beginning of another. Keys:
//   ended/<time>/<id>               the ending; <id> is run, ordinal and builder
//   ended-id/<id>                   the time: an ending is counted once
//   ended-of/<of>/<name>/<time>/<id>  its place among those of one builder or worker
//   day/<of>/<day>/<name>           the counter of one day

import { dayOf, type Day, type DayCount, type Ending, type History, type Subject } from '../history.ts';
import { StoreError } from '../store-error.ts';
import type { Engine } from './engine.ts';
import type { GroupCommit, View, Write } from './group-commit.ts';
import { seal, sortable, unseal } from './record.ts';

const chunk = 200;
const maxPage = 10_000;
/** A report over this many days and names must do; more would be held in memory at once. */
const maxCounters = 200_000;

/** The History port over an engine and its serial place. */
export function levelHistory(engine: Engine, commits: GroupCommit): History {
  return {
    record: async (endings) => {
      if (endings.length > 0) await commits.submit(together(endings.map(recording)));
    },
    endings: async ({ subject, since, limit }) => {
      const wanted = Math.min(limit, maxPage);
      const prefix = subject === null ? 'ended/' : `ended-of/${subject.of}/${JSON.stringify(subject.name)}/`;
      const found = await newest(engine, { prefix, since, wanted });
      if (subject === null) return found.flatMap(([key, text]) => readable(key, text));
      const keys = found.map(([, key]) => key);
      const texts = await engine.get(keys);
      // An ending and its index entries come and go in one batch: one that is missing was forgotten between the two reads.
      return keys.flatMap((key, index) => readable(key, texts[index]));
    },
    days: async ({ of, from, to }) => {
      const range = {
        prefix: `day/${of}/`,
        above: `day/${of}/${from}/`,
        below: `day/${of}/${to}/\u{10FFFF}`,
      };
      const entries = await engine.scan({ ...range, limit: maxCounters });
      return entries.flatMap(([key, text]) => unlessBroken(() => unseal(key, text) as DayCount));
    },
    forget: async (endedBefore) => {
      const count = await forgetEndings(engine, commits, Math.max(0, endedBefore));
      for (const of of ['builder', 'worker'] as const) {
        await forgetDays(engine, commits, { of, before: dayOf(Math.max(0, endedBefore)) });
      }
      return count;
    },
  };
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

/** Several writes as one: all of them are kept or none. */
function together(writes: readonly Write<void>[]): Write<void> {
  return {
    bytes: writes.reduce((sum, { bytes }) => sum + bytes, 0),
    reads: writes.flatMap(({ reads }) => reads),
    apply: (view) => writes.forEach((write) => write.apply(view)),
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
    const endings = entries.flatMap(([key, text]) => readable(key, text));
    await Promise.all(endings.map((ending) => commits.submit(removal(ending))));
    deleted += endings.length;
    above = entries.at(-1)?.[0];
    if (above === undefined || entries.length < chunk) return deleted;
  }
}

/** A damaged ending cannot say which index entries it has: it is passed over, and stays. */
function readable(key: string, text: string | undefined): readonly Ending[] {
  return text === undefined ? [] : unlessBroken(() => unseal(key, text) as Ending);
}

function unlessBroken<Value>(read: () => Value): readonly Value[] {
  try {
    return [read()];
  } catch (error) {
    if (error instanceof StoreError && error.code === 'broken-record') return [];
    throw error;
  }
}

async function forgetDays(
  engine: Engine,
  commits: GroupCommit,
  { of, before }: { readonly of: Subject['of']; readonly before: Day },
): Promise<void> {
  for (;;) {
    const range = { prefix: `day/${of}/`, below: `day/${of}/${before}/`, limit: chunk };
    const keys = (await engine.scan(range)).map(([key]) => key);
    await commits.submit({ bytes: chunk, reads: [], apply: (view) => keys.forEach((key) => view.del(key)) });
    if (keys.length < chunk) return;
  }
}
