// What is different between two configurations, key by key, and what of it a reload takes.

import type { Config } from './config.ts';
import type { Plain } from './effective.ts';
import type { KeyEntry } from './key-entry.ts';
import { formatKey, reloadAt, type KeyPath } from './keys.ts';

export interface Difference {
  /** As people write it; an entry of a list with names bears its name: `jobs[cpython-gate].policy`. */
  readonly key: string;
  /** JSON of the value before; null: it was not there. */
  readonly before: string | null;
  readonly after: string | null;
  readonly reload: KeyEntry['reload'];
}

type Place = { readonly path: KeyPath; readonly name: string };

/** The differences, in the order of the file; entries of a list of words one by one. */
export function differences(before: Plain, after: Plain): readonly Difference[] {
  return between(before, after, { path: [], name: '' });
}

/** `fresh` as far as a reload takes it: what needs a restart stays as it is in `current`. */
export function reloaded(current: Config, fresh: Config): Config {
  const { manager, gearman, store, web } = current;
  const buildbot = { ...current.buildbot, passwordFile: fresh.buildbot.passwordFile };
  return { ...fresh, manager, gearman, store, web, buildbot };
}

function between(before: unknown, after: unknown, place: Place): readonly Difference[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (isMapping(before) && isMapping(after)) return inMapping(before, after, place);
  if (isNamedList(before) && isNamedList(after)) return inNamedList(before, after, place);
  if (isWordList(before) && isWordList(after)) return inWordList(before, after, place);
  return [one(place, before, after)];
}

function inMapping(before: Mapping, after: Mapping, { path, name }: Place): readonly Difference[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const found = keys.flatMap((key) => {
    const inner = name === '' ? formatKey([key]) : `${name}${formatKey(['', key]).slice('[""]'.length)}`;
    return between(before[key], after[key], { path: [...path, key], name: inner });
  });
  // The order of platforms counts: a builder belongs to the first that matches.
  return found.length > 0 ? found : [one({ path, name }, Object.keys(before), Object.keys(after))];
}

function inNamedList(before: readonly Named[], after: readonly Named[], place: Place): readonly Difference[] {
  const names = [...new Set([...before, ...after].map((each) => each.name))];
  const path = [...place.path, 0];
  const found = names.flatMap((name) =>
    between(
      before.find((each) => each.name === name),
      after.find((each) => each.name === name),
      { path, name: `${place.name}[${name}]` },
    ),
  );
  return found.length > 0 ? found : [one(place, before.map(nameOf), after.map(nameOf))];
}

function inWordList(
  before: readonly string[],
  after: readonly string[],
  place: Place,
): readonly Difference[] {
  const gone = before.filter((word) => !after.includes(word));
  const come = after.filter((word) => !before.includes(word));
  // The order counts in a command.
  if (gone.length + come.length === 0) return [one(place, before, after)];
  return [
    ...gone.map((word) => one(place, word, undefined)),
    ...come.map((word) => one(place, undefined, word)),
  ];
}

function one({ path, name }: Place, before: unknown, after: unknown): Difference {
  return { key: name, before: text(before), after: text(after), reload: reloadAt(path) };
}

function text(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

type Mapping = Readonly<Record<string, unknown>>;
type Named = Mapping & { readonly name: string };

function nameOf({ name }: Named): string {
  return name;
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNamedList(value: unknown): value is readonly Named[] {
  return Array.isArray(value) && value.every((each) => isMapping(each) && typeof each['name'] === 'string');
}

function isWordList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
