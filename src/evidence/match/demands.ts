// What a pattern demands of a line: runs of places, one of which stands in every match. Conservative: where it is not
// sure, it demands less.

import { members, onlyByte, type ByteSet } from './byte-set.ts';
import { widened } from './emit-pattern.ts';
import type { PatternTree } from './pattern-tree.ts';

/** One byte, or any of several. */
export type Place = number | ByteSet;

/** Places one after the other, on text in which bytes over 0x7f are two. */
export type Run = readonly Place[];

const bytesAlone = Array.from({ length: 256 }, (_none, byte): readonly number[] => [byte]);
const nowhere: readonly number[] = [];
const membersOf = new WeakMap<ByteSet, readonly number[]>();

/** The bytes that may stand there. */
export function bytesAt(place: Place | undefined): readonly number[] {
  if (place === undefined) return nowhere;
  if (typeof place === 'number') return bytesAlone[place] ?? nowhere;
  const known = membersOf.get(place);
  if (known !== undefined) return known;
  const bytes = members(place);
  membersOf.set(place, bytes);
  return bytes;
}

/** What some part demands. `exact`: all that it can be, when that is few; `any`: one of these is in every match, null: nothing is known. */
interface Demand {
  readonly exact: readonly Run[] | null;
  readonly any: readonly Run[] | null;
}

/** Lower is better; the sum over the runs of a demand counts. */
export type Price = (run: Run) => number;

const mostRuns = 16;
const longestRun = 64;
const unknown: Demand = { exact: null, any: null };

function priceOf(runs: readonly Run[], price: Price): number {
  return runs.reduce((sum, run) => sum + price(run), 0);
}

function better(
  one: readonly Run[] | null,
  other: readonly Run[] | null,
  price: Price,
): readonly Run[] | null {
  if (one === null || other === null) return one ?? other;
  return priceOf(other, price) < priceOf(one, price) ? other : one;
}

function usable(runs: readonly Run[]): readonly Run[] | null {
  return runs.every((run) => run.length > 0) ? runs : null;
}

function cross(left: readonly Run[], right: readonly Run[]): Place[][] | null {
  if (left.length * right.length > mostRuns) return null;
  const runs = left.flatMap((one) => right.map((other) => [...one, ...other]));
  return runs.every((run) => run.length <= longestRun) ? runs : null;
}

const ofSingles: Demand[] = [];

function ofSingle(byte: number): Demand {
  const known = ofSingles[byte];
  if (known !== undefined) return known;
  const run = widened([byte]);
  const demand = { exact: [run], any: [run] };
  ofSingles[byte] = demand;
  return demand;
}

const ofSets = new WeakMap<ByteSet, Demand>();

function ofByte(set: ByteSet): Demand {
  const only = onlyByte(set);
  if (only !== null) return ofSingle(only);
  const known = ofSets.get(set);
  if (known !== undefined) return known;
  // A high byte is two in the text: of several bytes, the width would not be known.
  const high = set.some((bits, index) => index >= 4 && bits !== 0);
  const demand = high ? unknown : { exact: [[set]], any: [[set]] };
  ofSets.set(set, demand);
  return demand;
}

/** What the parts before here can be, one of them followed by nothing unknown so far; grows in place where it is one run. */
function follow(open: Place[][], exact: readonly Run[]): Place[][] | null {
  const [before] = open;
  const [after] = exact;
  if (open.length !== 1 || exact.length !== 1 || before === undefined || after === undefined)
    return cross(open, exact);
  if (before.length + after.length > longestRun) return null;
  before.push(...after);
  return open;
}

const copied = (runs: readonly Run[]): Place[][] => runs.map((run) => [...run]);

function ofSequence(parts: readonly Demand[], price: Price): Demand {
  let best: readonly Run[] | null = null;
  let open: Place[][] = [[]];
  let whole = true;
  for (const part of parts) {
    const joined = part.exact === null ? null : follow(open, part.exact);
    if (joined !== null) {
      open = joined;
      continue;
    }
    whole = false;
    best = better(better(best, usable(open), price), part.any, price);
    open = part.exact === null ? [[]] : copied(part.exact);
  }
  return { exact: whole ? open : null, any: better(best, usable(open), price) };
}

function ofChoice(options: readonly Demand[]): Demand {
  const exact = options.flatMap((option) => option.exact ?? []);
  const any = options.flatMap((option) => option.any ?? []);
  return {
    exact: options.every((option) => option.exact !== null) && exact.length <= mostRuns ? exact : null,
    any: options.every((option) => option.any !== null) && any.length <= mostRuns ? any : null,
  };
}

function copies(part: Demand, count: number, price: Price): Demand {
  return ofSequence(
    Array.from({ length: count }, () => part),
    price,
  );
}

/** As links of the sequence it stands in: x+ is an x, something, an x, for what stands before and after is next to an x. */
function ofRepeat(
  part: Demand,
  { least, most }: { least: number; most: number | null },
  price: Price,
): Demand[] {
  if (least === 0) {
    const optional = most === 1 && part.exact !== null && part.exact.length < mostRuns;
    return optional ? [{ exact: [[], ...part.exact], any: null }] : [unknown];
  }
  const needed = copies(part, Math.min(least, longestRun), price);
  return least === most && least <= longestRun ? [needed] : [needed, unknown, needed];
}

function links(tree: PatternTree, price: Price): Demand[] {
  switch (tree.kind) {
    case 'byte':
      return [ofByte(tree.set)];
    case 'text': {
      const run = widened(tree.bytes);
      return [{ exact: [run], any: [run] }];
    }
    case 'edge':
      return [{ exact: [[]], any: null }];
    case 'sequence':
      return tree.parts.flatMap((part) => links(part, price));
    case 'choice':
      return [ofChoice(tree.options.map((option) => ofSequence(links(option, price), price)))];
    case 'repeat':
      return ofRepeat(ofSequence(links(tree.part, price), price), tree, price);
  }
}

/** The runs of which each match holds one, the cheapest such choice; null: every line has to be tried. */
export function demands(tree: PatternTree, price: Price): readonly Run[] | null {
  return ofSequence(links(tree, price), price).any;
}
