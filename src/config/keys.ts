// What is known of a key of the configuration: what it expects, which keys stand beside it, whether a reload takes it.

import type { KeyEntry } from './key-entry.ts';
import { keyTable } from './key-table.ts';

export type KeyPath = readonly (string | number)[];

/** What a kind of file knows of its keys: the messages ask it. */
export interface KeyGuide {
  /** What the value at a path is expected to be; '' where nothing is known of the path. */
  expectation(path: KeyPath): string;
  /** The keys that may stand in the mapping at a path. */
  keysIn(path: KeyPath): readonly string[];
}

/** The guide to the configuration. */
export const configGuide: KeyGuide = { expectation, keysIn };

/** The path as people write it: `jobs[0].builders.tags`. */
export function formatKey(path: KeyPath): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      const plain = /^[A-Za-z0-9_-]{1,64}$/.test(part);
      if (!plain) return `[${JSON.stringify(part.slice(0, 80))}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');
}

/** What the value at a path is expected to be; '' where the table does not know the path. */
export function expectation(path: KeyPath): string {
  const entry = entryAt(path);
  if (entry !== undefined) return entry.expects;
  return typeof path.at(-1) === 'number' ? (entryAt(path.slice(0, -1))?.each ?? '') : '';
}

/** The keys that may stand in the mapping at a path. */
export function keysIn(path: KeyPath): readonly string[] {
  return keyTable.flatMap(({ key }) => {
    const parts = partsOf(key);
    const last = parts.at(-1);
    const inside = parts.length === path.length + 1 && fits(parts.slice(0, -1), path);
    return inside && last !== undefined && last !== '*' && last !== '[]' ? [last] : [];
  });
}

/** Whether a reload takes a change at a path; what the table does not know is as the nearest key above it. */
export function reloadAt(path: KeyPath): KeyEntry['reload'] {
  const entry = entryAt(path);
  if (entry !== undefined) return entry.reload;
  return path.length === 0 ? 'restart' : reloadAt(path.slice(0, -1));
}

function entryAt(path: KeyPath): KeyEntry | undefined {
  return keyTable.find(({ key }) => {
    const parts = partsOf(key);
    return parts.length === path.length && fits(parts, path);
  });
}

function partsOf(key: string): readonly string[] {
  return key.replaceAll('[]', '.[]').split('.');
}

function fits(parts: readonly string[], path: KeyPath): boolean {
  return parts.every((part, index) => {
    const given = path[index];
    return typeof given === 'number' ? part === '[]' : part === '*' || part === given;
  });
}
