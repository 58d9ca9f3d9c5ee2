// One small change to the code that a test should notice.

/** As `plant.mjs` lists it. Lines and columns count from 0. */
export interface Mutant {
  readonly id: string;
  /** Path below the root. */
  readonly file: string;
  /** Stryker's word, such as `EqualityOperator`. */
  readonly kind: string;
  readonly original: string;
  readonly replacement: string;
  readonly line: number;
  readonly column: number;
}

/** What became of a mutant: killed (a test failed), lasting (stopped, since it went on for too long), survived, or in code that no test runs. */
export type Fate = 'killed' | 'lasting' | 'survived' | 'uncovered';

export interface Tried {
  readonly mutant: Mutant;
  readonly fate: Fate;
  /** The title of the test that noticed it, or why it was stopped. */
  readonly by: string;
}

/** The same mutant in another planting of the same code. */
export function placeOf({ file, line, column, replacement }: Mutant): string {
  return `${file}:${line + 1}:${column + 1} ${replacement}`;
}

/** Words for people are free: no test is to hold a sentence to its wording, so a text with a space in it is not mutated. */
export function isWording({ kind, original }: Mutant): boolean {
  return kind === 'StringLiteral' && original.includes(' ');
}
