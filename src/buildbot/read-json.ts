// Narrow readers for what a master sends: a wrong field is an error that names it, never NaN or undefined in a fact.

import type { Results } from '../gate/facts.ts';

export type Row = Readonly<Record<string, unknown>>;

/** Says which field was not what it should be. The caller turns it into a BuildbotError with method and path. */
export class WrongShape extends Error {
  constructor(field: string, wanted: string) {
    super(`its answer has no usable ${field} (${wanted} expected)`);
    this.name = 'WrongShape';
  }
}

/** Whether a JSON value is an object, and no list. */
export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The named object. */
export function rowOf(row: Row, name: string): Row {
  const value = row[name];
  if (!isRow(value)) throw new WrongShape(name, 'an object');
  return value;
}

/** The named list of objects. */
export function rowsOf(row: Row, name: string): readonly Row[] {
  const value = row[name];
  if (!Array.isArray(value)) throw new WrongShape(name, 'a list');
  return value.map((item: unknown) => {
    if (!isRow(item)) throw new WrongShape(name, 'a list of objects');
    return item;
  });
}

/** The one object in the list of that name: Buildbot answers a single object so (BUILDBOT.md section 1). */
export function onlyRow(row: Row, name: string): Row {
  const [first] = rowsOf(row, name);
  if (first === undefined) throw new WrongShape(name, 'a list of one');
  return first;
}

/** The named list, whatever is in it. */
export function listOf(row: Row, name: string): readonly unknown[] {
  const value = row[name];
  if (!Array.isArray(value)) throw new WrongShape(name, 'a list');
  return value;
}

/** The named text. */
export function textOf(row: Row, name: string): string {
  const value = row[name];
  if (typeof value !== 'string') throw new WrongShape(name, 'a text');
  return value;
}

/** The named list of texts. */
export function textsOf(row: Row, name: string): readonly string[] {
  const value = row[name];
  if (!Array.isArray(value)) throw new WrongShape(name, 'a list');
  return value.map((item: unknown) => {
    if (typeof item !== 'string') throw new WrongShape(name, 'a list of texts');
    return item;
  });
}

/** The named whole number, 0 or more. */
export function countOf(row: Row, name: string): number {
  const value = row[name];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new WrongShape(name, 'a whole number');
  }
  return value;
}

/** The named time in seconds since 1970, or null. */
export function timeOf(row: Row, name: string): number | null {
  const value = row[name];
  if (value === null) return null;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new WrongShape(name, 'a time or null');
  return value;
}

/** The named truth value. */
export function flagOf(row: Row, name: string): boolean {
  const value = row[name];
  if (typeof value !== 'boolean') throw new WrongShape(name, 'true or false');
  return value;
}

/** The named field whatever it is; undefined where there is none. */
export function anyOf(row: Row, name: string): unknown {
  return row[name];
}

function isResults(value: unknown): value is Results {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 6;
}

/** `results` of what is complete; of anything else null, for requests and sets say -1 there and builds null (section 1). */
export function resultsOf(row: Row, complete: boolean): Results | null {
  if (!complete) return null;
  const value = row['results'];
  if (!isResults(value)) throw new WrongShape('results', 'a number from 0 to 6');
  return value;
}
