// Incidents that are likely one cause: texts that differ by at most a tenth, and machines that failed in one way within half an hour.
// An incident is a function of its failure alone (FLAKES.md 6.2); a group looks at others and at the clock, and never decides anything.

import type { Kind } from '../kind.ts';
import { normalise } from '../normalise.ts';

/** What the failures of one incident have in common. */
export interface IncidentSample {
  readonly incident: string;
  readonly kind: Kind;
  readonly text: string;
  /** Milliseconds since 1970 of its failures. */
  readonly first: number;
  readonly last: number;
}

const gram = 4;
/** Characters of a text that are compared; incidents that are grouped at all. */
const compared = 300;
const mostSamples = 500;
/** Share of four-character pieces that two texts must have in common before their distance is worth counting. */
const sharedGrams = 0.4;
const apart = 0.1;
const together = 30 * 60_000;
const machines: readonly Kind[] = ['worker-lost', 'disk-full', 'oom', 'network'];

function grams(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (let at = 0; at + gram <= text.length; at += 1) found.add(text.slice(at, at + gram));
  return found;
}

function likely(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  const [few, many] = one.size < other.size ? [one, other] : [other, one];
  let common = 0;
  for (const piece of few) if (many.has(piece)) common += 1;
  return common >= sharedGrams * many.size;
}

/** Whether the edit distance is at most `most`: only a band of the table is filled in. */
function within(one: string, other: string, most: number): boolean {
  if (Math.abs(one.length - other.length) > most) return false;
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let line = 1; line <= one.length; line += 1) {
    const next = new Array<number>(other.length + 1).fill(most + 1);
    if (line <= most) next[0] = line;
    const from = Math.max(1, line - most);
    const to = Math.min(other.length, line + most);
    let least = most + 1;
    for (let column = from; column <= to; column += 1) {
      const change = (row[column - 1] ?? most) + (one[line - 1] === other[column - 1] ? 0 : 1);
      const cost = Math.min(change, (row[column] ?? most) + 1, (next[column - 1] ?? most) + 1);
      next[column] = cost;
      least = Math.min(least, cost);
    }
    if (least > most) return false;
    row = next;
  }
  return (row[other.length] ?? most + 1) <= most;
}

interface Prepared extends IncidentSample {
  readonly masked: string;
  readonly pieces: ReadonlySet<string>;
}

function alike(one: Prepared, other: Prepared): boolean {
  if (one.kind !== other.kind) return false;
  if (machines.includes(one.kind))
    return one.first <= other.last + together && other.first <= one.last + together;
  if (one.masked.length < gram || other.masked.length < gram) return one.masked === other.masked;
  if (!likely(one.pieces, other.pieces)) return false;
  const most = Math.floor(apart * Math.max(one.masked.length, other.masked.length));
  return within(one.masked, other.masked, most);
}

function prepared(sample: IncidentSample): Prepared {
  const masked = normalise(sample.text).slice(0, compared);
  return { ...sample, masked, pieces: grams(masked) };
}

/**
 * The group of each incident: the name of the first incident given that it is like. Beyond five hundred, each is its own.
 */
export function groupsOf(samples: readonly IncidentSample[]): ReadonlyMap<string, string> {
  const heads: Prepared[] = [];
  const groups = new Map<string, string>();
  for (const [nth, sample] of samples.entries()) {
    const one = nth < mostSamples ? prepared(sample) : null;
    const head = one === null ? undefined : heads.find((each) => alike(each, one));
    groups.set(sample.incident, head?.incident ?? sample.incident);
    if (one !== null && head === undefined) heads.push(one);
  }
  return groups;
}
