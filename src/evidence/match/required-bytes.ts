// How many bytes in a row every line has on which a pattern occurs: what lint warns about.

import type { LinePattern } from '../../flakes/signature/line-pattern.ts';
import { isNarrow } from './byte-set.ts';
import { demands, type Run } from './demands.ts';
import { literalTree, parsePattern } from './parse-pattern.ts';

/** The longest stretch of a run that is a text; a letter in either case is as good as one byte. */
function stretch(run: Run): number {
  let longest = 0;
  let length = 0;
  for (const place of run) {
    length = typeof place === 'number' || isNarrow(place) ? length + 1 : 0;
    longest = Math.max(longest, length);
  }
  return longest;
}

/** 0 where any line may show the pattern. @throws an Error for a source that `refusal` refuses */
export function requiredBytes(pattern: LinePattern): number {
  const tree = pattern.kind === 'literal' ? literalTree(pattern.text) : parsePattern(pattern.source);
  const runs = demands(tree, (run) => 1 / (1 + stretch(run)));
  return runs === null ? 0 : Math.min(...runs.map(stretch));
}
