// Lines that must follow one another: which lines of a log take part in a whole sequence.

/** Lines in ascending order. */
export type Lines = ArrayLike<number>;

/** Two neighbours of a sequence lie at most so many lines apart (FLAKES.md 6.1). */
export const reach = 200;

/** The lines of `lines` that have one of `others` before them (or behind them), at most `reach` away. */
function near(lines: Lines, others: Lines, side: 'before' | 'behind'): number[] {
  const kept: number[] = [];
  let at = 0;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? 0;
    const [from, to] = side === 'before' ? [line - reach, line - 1] : [line + 1, line + reach];
    while (at < others.length && (others[at] ?? 0) < from) at += 1;
    if (at < others.length && (others[at] ?? 0) <= to) kept.push(line);
  }
  return kept;
}

/**
 * The lines on which a part of a complete sequence stands, ascending and each once; empty where there is none. Linear in the hits.
 *
 * @param parts for each part of the sequence the lines that show it
 */
export function sequenceLines(parts: readonly Lines[]): Lines {
  const [first, ...rest] = parts;
  if (first === undefined) return [];
  if (rest.length === 0) return first;
  const forward: Lines[] = [first];
  for (const part of rest) forward.push(near(part, forward.at(-1) ?? [], 'before'));
  // What led nowhere is dropped from the end to the beginning.
  let later = forward.at(-1) ?? [];
  const whole = new Set(Array.from(later));
  for (const part of forward.slice(0, -1).reverse()) {
    later = near(part, later, 'behind');
    for (let index = 0; index < later.length; index++) whole.add(later[index] ?? 0);
  }
  return [...whole].sort((one, other) => one - other);
}

/** The part of the lines from `first` to `last`, both included. */
export function between(lines: Lines, first: number, last: number): Lines {
  const from = below(lines, first);
  const to = below(lines, last + 1);
  return Array.prototype.slice.call(lines, from, to) as number[];
}

/** How many lines stand before a line. */
function below(lines: Lines, line: number): number {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((lines[middle] ?? 0) < line) low = middle + 1;
    else high = middle;
  }
  return low;
}
