// Which lane of the scanner looks for what.

import { demands, type Run } from './demands.ts';
import type { PatternTree } from './pattern-tree.ts';
import { gramWindow, nibbleWindow, runPrice, type Stride } from './windows.ts';

/** One run that is looked for, on behalf of one pattern. */
export interface Sought {
  readonly pattern: number;
  readonly run: Run;
  /** Where in the run the lane's window begins. */
  readonly offset: number;
}

export interface Plan {
  /** Words of four bytes, one in eight or one in four. */
  readonly words: readonly { readonly stride: Stride; readonly sought: readonly Sought[] }[];
  /** Every position, for what is short or for few patterns. */
  readonly nibbles: readonly Sought[];
  /** Patterns that demand nothing in particular: every line is tried. */
  readonly bare: readonly number[];
}

// Eight buckets of the nibble lane: with more runs than this its sieve lets too much through.
const fewRuns = 12;
// A run of the nibble lane that begins more often than this is no sieve.
const tooCommon = 0.2;

interface Wanted {
  readonly pattern: number;
  readonly run: Run;
}

function soughtByWords(wanted: readonly Wanted[], stride: Stride): { sought: Sought[]; left: Wanted[] } {
  const sought: Sought[] = [];
  const left: Wanted[] = [];
  for (const one of wanted) {
    const window = gramWindow(one.run, stride);
    if (window === null) left.push(one);
    else sought.push({ ...one, offset: window.offset });
  }
  return { sought, left };
}

function soughtByNibbles(wanted: readonly Wanted[]): Sought[] {
  return wanted.map((one) => ({ ...one, offset: nibbleWindow(one.run).offset }));
}

/** Its price is there already, and never below that chance. */
function isSieve(run: Run): boolean {
  return runPrice(run) <= tooCommon || nibbleWindow(run).chance <= tooCommon;
}

/** Gives each pattern its lane. */
export function planLanes(trees: readonly PatternTree[]): Plan {
  const wanted: Wanted[] = [];
  const bare: number[] = [];
  trees.forEach((tree, pattern) => {
    const runs = demands(tree, runPrice);
    if (runs?.every(isSieve) !== true) bare.push(pattern);
    else wanted.push(...runs.map((run) => ({ pattern, run })));
  });
  if (wanted.length <= fewRuns) return { words: [], nibbles: soughtByNibbles(wanted), bare };
  const sparse = soughtByWords(wanted, 8);
  const dense = soughtByWords(sparse.left, 4);
  // A lane of its own costs more than a few more runs in one that is there anyway.
  const joined = dense.left.length + dense.sought.length <= fewRuns;
  return {
    words: [
      { stride: 8 as const, sought: sparse.sought },
      ...(joined ? [] : [{ stride: 4 as const, sought: dense.sought }]),
    ].filter(({ sought }) => sought.length > 0),
    nibbles: soughtByNibbles(joined ? sparse.left : dense.left),
    bare,
  };
}
