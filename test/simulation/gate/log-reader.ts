// The reader of logs in the simulation: the real one's parts in this thread, without the thread and without the signatures' engine. Equal
// logs are read once.

import { conclude, openLog } from '../../../src/evidence/reader/open-log.ts';
import type { LogOutcome, LogSource, Reader } from '../../../src/evidence/reader/create-reader.ts';
import type { Told } from '../../../src/evidence/reader/orders.ts';
import type { Signature } from '../../../src/flakes/signature/signature.ts';
import { knownTest } from './symptoms.ts';

/** Texts that are kept as they were read; a campaign has some hundred. */
const mostKept = 5_000;
const kept = new Map<string, Told>();

/** The one signature that is in force. */
export const signature: Signature = {
  ...{ id: 'FLK-0001', title: 'fails now and then', bug: null, owner: null, state: 'active' },
  ...{ created: null, reviewBy: null, resolved: { at: null, commit: null }, scope: 'failure' },
  match: { node: 'fact', fact: 'test_id', test: { how: 'glob', glob: `${knownTest}.*` } },
  ...{ verdict: 'flake', exonerate: { allowed: true, maxRate: 0.05 } },
  suppress: { graph: false, notify: false },
  examples: { match: [], noMatch: [] },
};

const watchers = { use: async () => undefined, watch: () => null };

function named(told: Told): Told {
  if (told.kind !== 'log') return told;
  const names = told.failures.map(({ file }) =>
    file === knownTest ? [{ id: signature.id, lines: [] }] : [],
  );
  return { ...told, named: names };
}

/** What the real reader makes of a log. */
export async function readText(terms: LogSource['terms'], text: string): Promise<Told | null> {
  const key = `${terms.builder} ${String(terms.repeated)} ${text}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const log = openLog(terms, watchers);
  await log.write(Buffer.from(text));
  const [told] = conclude([{ terms, read: await log.end() }]);
  if (told === undefined) return null;
  if (kept.size >= mostKept) kept.clear();
  kept.set(key, named(told));
  return named(told);
}

async function readSource({ terms, bytes }: LogSource): Promise<LogOutcome> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bytes()) pieces.push(piece);
  return { told: await readText(terms, Buffer.concat(pieces).toString()), why: null };
}

export const logReader: Reader = {
  read: ({ logs }) => Promise.all(logs.map(readSource)),
  follow: () => ({ write: async () => undefined, look: async () => null, drop: () => undefined }),
  use: () => undefined,
  close: async () => undefined,
};
