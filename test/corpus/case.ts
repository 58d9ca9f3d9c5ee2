// A labelled log: who reported it, what must be found in it, and the text.

import { readdir, readFile } from 'node:fs/promises';
import { kinds, type Kind } from '../../src/flakes/kind.ts';

/** One failure as a person reads it from the text. */
export interface Expected {
  /** The first is the label; a further one would be as right. */
  readonly kinds: readonly Kind[];
  /** Likewise; null where no test is to blame. */
  readonly testIds: readonly (string | null)[];
  /** Equal names stand for one cause, as far as the text tells; null where it does not. */
  readonly cause: string | null;
}

export interface Case {
  readonly name: string;
  readonly source: string;
  readonly expected: readonly Expected[];
  readonly log: string;
}

/** `dev` and `opened` may be looked at while the reader is mended; `kept` was, once, and some of `fresh`; `blind` not. */
export const parts = ['dev', 'kept', 'fresh', 'opened', 'blind'] as const;
export type Part = (typeof parts)[number];

function kindOf(word: string, where: string): Kind {
  const kind = kinds.find((one) => one === word);
  if (kind === undefined)
    throw new Error(`${where}: ${word} is no kind of failure, expected one of ${kinds.join(', ')}`);
  return kind;
}

/** A case from its file: `source:`, an `expect:` for each failure, `log:` and the rest. Throws with the name and the line that is wrong. */
export function parseCase(name: string, text: string): Case {
  const end = text.indexOf('\nlog:\n');
  const lines = text.slice(0, end).split('\n');
  const source = /^source: (\S+)$/.exec(lines[0] ?? '')?.[1];
  if (end < 0 || source === undefined) throw new Error(`${name}: expected "source: THREAD" and then "log:"`);
  const expected = lines.slice(1).map((line): Expected => {
    const [, words, ids, cause] = /^expect: (\S+) (\S+) \| (\S+)$/.exec(line) ?? [];
    if (words === undefined || ids === undefined || cause === undefined) {
      throw new Error(`${name}: "${line}": expected "expect: KIND TEST-ID | CAUSE"`);
    }
    return {
      kinds: words.split('|').map((word) => kindOf(word, name)),
      testIds: ids.split('|').map((id) => (id === '-' ? null : id)),
      cause: cause === '?' ? null : cause,
    };
  });
  return { name, source, expected, log: text.slice(end + '\nlog:\n'.length) };
}

/** The cases of one part, in the order of their names. */
export async function casesOf(part: Part): Promise<Case[]> {
  const folder = new URL(`${part}/`, import.meta.url);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.txt')).sort();
  return Promise.all(
    names.map(async (name) =>
      parseCase(name.slice(0, -'.txt'.length), await readFile(new URL(name, folder), 'utf8')),
    ),
  );
}
