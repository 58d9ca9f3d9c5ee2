// zod's issues in our words: what stands there, and what the table of keys expects. Nothing of zod's own text is used.

import type { z } from 'zod';
import type { Position } from './finding.ts';
import { quoted } from './finding.ts';
import { formatKey, type KeyGuide, type KeyPath } from './keys.ts';
import { maxFindings, type Source } from './source.ts';
import { nearest, suggestion } from './suggest.ts';

/** A finding before its file and level are known. */
export interface Remark extends Position {
  readonly key: string;
  readonly sentence: string;
}

/** One remark for each issue, one for each unknown key, and one for a place with several issues. */
export function remarksOf(
  issues: readonly z.core.$ZodIssue[],
  source: Source,
  guide: KeyGuide,
): readonly Remark[] {
  const remarks = issues.slice(0, maxFindings).flatMap((issue) => {
    const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.slice(0, maxFindings).map((key) => ({
        ...source.keyAt(path, key),
        key: formatKey([...path, key]),
        sentence: `unknown key${suggestion(key, guide.keysIn(path))}`,
      }));
    }
    return [
      { ...source.at(path), key: formatKey(path), sentence: wrongValue(path, issue, { source, guide }) },
    ];
  });
  const first = new Map<string, Remark>();
  for (const remark of remarks) if (!first.has(remark.key)) first.set(remark.key, remark);
  return [...first.values()];
}

/** The value at a path of plain data; undefined where there is none. */
export function valueAt(raw: unknown, path: KeyPath): unknown {
  let value = raw;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[part];
  }
  return value;
}

function wrongValue(
  path: KeyPath,
  issue: z.core.$ZodIssue,
  { source, guide }: { readonly source: Source; readonly guide: KeyGuide },
): string {
  const value = valueAt(source.raw, path);
  const expects = guide.expectation(path);
  const expected = expects === '' ? '' : `, expected ${expects}`;
  return `${describe(value)}${expected}${cure(value, issue, expects.includes('text') ? source.written(path) : null)}`;
}

/** What stands there, in few words. */
function describe(value: unknown): string {
  if (value === undefined) return 'is missing';
  if (value === null) return 'has no value';
  if (Array.isArray(value)) return value.length === 0 ? 'is an empty list' : `is a list of ${value.length}`;
  if (typeof value === 'string') return value === '' ? 'is empty' : `is ${quoted(value)}`;
  if (typeof value === 'number' || typeof value === 'bigint') return `is the number ${value}`;
  return typeof value === 'boolean' ? `is ${value}` : 'is a mapping';
}

function cure(value: unknown, issue: z.core.$ZodIssue, written: string | null): string {
  if (issue.code === 'invalid_value' && typeof value === 'string') {
    const near = nearest(value, issue.values.map(String));
    return near === null ? '' : `; did you mean "${near}"?`;
  }
  const wantsText = issue.code === 'invalid_type' && issue.expected === 'string';
  const scalar = typeof value === 'number' || typeof value === 'boolean';
  return wantsText && scalar && written !== null ? `; put it in quotes: ${quoted(written)}` : '';
}
