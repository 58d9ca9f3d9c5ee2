// "Did you mean": the known word nearest to an unknown one.

/** Words longer than this are never near a key or a name, and would only cost time. */
const maxLength = 64;

/** The known word nearest to the given one, if it is near enough to be meant; else null. */
export function nearest(given: string, known: readonly string[]): string | null {
  if (given.length > maxLength) return null;
  let best: string | null = null;
  let bound = Math.max(1, Math.floor(given.length / 3)) + 1;
  for (const word of known) {
    if (Math.abs(word.length - given.length) >= bound) continue;
    const distance = editDistance(given.toLowerCase(), word.toLowerCase());
    if (distance >= bound) continue;
    bound = distance;
    best = word;
  }
  return best;
}

/** `; did you mean "port"?`, or what there is to choose from, or nothing. */
export function suggestion(given: string, known: readonly string[]): string {
  const near = nearest(given, known);
  if (near !== null) return `; did you mean "${near}"?`;
  return known.length === 0 ? '' : `, expected one of: ${known.slice(0, 30).join(', ')}`;
}

/** Insertions, deletions, replacements and swaps of neighbours. */
function editDistance(one: string, other: string): number {
  let older: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1;
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) {
        cost = Math.min(cost, (older[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    older = last;
    last = row;
  }
  return last[other.length] ?? 0;
}
