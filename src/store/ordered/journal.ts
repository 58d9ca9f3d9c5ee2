// The journal. Reads go to the engine, writes through the serial place (group-commit.ts).

import type { Run } from '../../gate/run.ts';
import type { BrokenRecord, Journal } from '../journal.ts';
import type { InstanceId } from '../sharing.ts';
import { StoreError } from '../store-error.ts';
import type { Engine, Range } from './engine.ts';
import type { GroupCommit } from './group-commit.ts';
import { sortable } from './record.ts';
import { numberKey, readRun, runKey, runRemoval, runWrite } from './run-index.ts';

/** Runs read or deleted at a time, for each may be large. */
const chunk = 100;
const maxPage = 500;
const probeKey = 'meta/probe';

/** The Journal port over an engine and its serial place, for one instance of a shared store; closing the journal closes both. */
export function orderedJournal(engine: Engine, commits: GroupCommit, self: InstanceId | null): Journal {
  const broken = brokenRecords();
  const readRuns = (ids: readonly string[]): Promise<readonly Run[]> => readAll(engine, ids, broken);

  return {
    write: async (run, place) => commits.submit(runWrite(run, place, self)),
    open: async () => {
      const runs: Run[] = [];
      for await (const ids of pages(engine, { prefix: 'open/' })) runs.push(...(await readRuns(ids)));
      return runs.sort((one, other) => one.arrival - other.arrival);
    },
    broken: () => broken.list(),
    run: (id) => readOne(engine, id),
    byNumber: async (number) => {
      const [id] = await engine.get([numberKey(number)]);
      return id === undefined ? null : readOne(engine, id);
    },
    list: async ({ limit, before }) => {
      const wanted = Math.min(limit, maxPage);
      const start = before === undefined ? {} : { below: `arrival/${sortable(before, '`before`')}/` };
      const runs: Run[] = [];
      for await (const ids of pages(engine, { prefix: 'arrival/', reverse: true, ...start })) {
        // Broken records are left out, so a page may take more ids than it has runs.
        for (let rest = ids; rest.length > 0 && runs.length < wanted;) {
          const missing = wanted - runs.length;
          runs.push(...(await readRuns(rest.slice(0, missing))));
          rest = rest.slice(missing);
        }
        if (runs.length >= wanted) break;
      }
      return runs;
    },
    forget: (changedBefore) => forget(engine, commits, { changedBefore, broken }),
    drop: (id) => commits.submit(runRemoval(id, Infinity)),
    probe: () => probe(engine, commits),
    close: async () => {
      await commits.close();
      await engine.close();
    },
  };
}

/** The values (run ids) of a range, some at a time. */
async function* pages(engine: Engine, range: Omit<Range, 'limit'>): AsyncGenerator<readonly string[]> {
  for (let next = range; ;) {
    const entries = await engine.scan({ ...next, limit: chunk });
    if (entries.length > 0) yield entries.map(([, id]) => id);
    const last = entries.at(-1);
    if (last === undefined || entries.length < chunk) return;
    next = { ...range, [range.reverse === true ? 'below' : 'above']: last[0] };
  }
}

async function readOne(engine: Engine, id: string): Promise<Run | null> {
  const [text] = await engine.get([runKey(id)]);
  return text === undefined ? null : readRun(id, text);
}

async function readAll(
  engine: Engine,
  ids: readonly string[],
  broken: BrokenRecords,
): Promise<readonly Run[]> {
  const texts = await engine.get(ids.map(runKey));
  return ids.flatMap((id, index) => {
    const text = texts[index];
    if (text === undefined) {
      broken.add({ key: runKey(id), why: `an index names run ${id}, and there is no such record` });
      return [];
    }
    return broken.unless(runKey(id), () => [readRun(id, text)]) ?? [];
  });
}

async function forget(
  engine: Engine,
  commits: GroupCommit,
  { changedBefore, broken }: { readonly changedBefore: number; readonly broken: BrokenRecords },
): Promise<number> {
  const below = `closed/${sortable(Math.max(0, changedBefore), 'the time to forget before')}/`;
  let count = 0;
  for await (const ids of pages(engine, { prefix: 'closed/', below })) {
    const removals = await Promise.allSettled(ids.map((id) => commits.submit(runRemoval(id, changedBefore))));
    removals.forEach((removal, index) => {
      if (removal.status === 'rejected')
        broken.unless(`place/${ids[index] ?? ''}`, () => fail(removal.reason));
      else if (removal.value) count++;
    });
  }
  return count;
}

function fail(reason: unknown): never {
  throw reason;
}

async function probe(engine: Engine, commits: GroupCommit): Promise<void> {
  const token = `${Date.now()} ${performance.now()}`;
  await commits.submit({ bytes: token.length, reads: [], apply: (view) => view.put(probeKey, token) });
  const [kept] = await engine.get([probeKey]);
  if (kept === token) return;
  throw new StoreError('refused', 'the store took a write and did not give it back: look at the disk');
}

interface BrokenRecords {
  add(record: BrokenRecord): void;
  /** What the work gives; null, and noted, where it meets a broken record. Every other error passes. */
  unless<Value>(key: string, work: () => Value): Value | null;
  list(): readonly BrokenRecord[];
}

function brokenRecords(): BrokenRecords {
  const bound = 100;
  const records = new Map<string, BrokenRecord>();
  const add = (record: BrokenRecord): void => {
    const [oldest] = records.keys();
    if (records.size >= bound && oldest !== undefined && !records.has(record.key)) records.delete(oldest);
    records.set(record.key, record);
  };
  return {
    add,
    unless: (key, work) => {
      try {
        return work();
      } catch (error) {
        if (!(error instanceof StoreError) || error.code !== 'broken-record') throw error;
        add({ key, why: error.message });
        return null;
      }
    },
    list: () => [...records.values()],
  };
}
