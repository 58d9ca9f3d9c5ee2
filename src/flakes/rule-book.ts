// Which of many rules a line may be for, told by one walk over it: looking for each rule's hint by itself cost more than all else.
// Three characters at a time, cut to five bits each, find the rules whose hint may begin there; the hint itself is looked for afterwards.

import type { Rule } from './tool.ts';

const places = 1 << 15;
/** Rules that one word tells apart; the 63rd shares a bit with the first, which costs a look and changes nothing. */
const wordSize = 31;

const place = (first: number, second: number, third: number): number =>
  ((first & 31) << 10) | ((second & 31) << 5) | (third & 31);

const open: readonly number[] = [...Array(32).keys()];

/** The places in which a hint may begin: a short one leaves the rest open. */
function placesOf(hint: string): readonly number[] {
  const at = (index: number): readonly number[] => (index < hint.length ? [hint.charCodeAt(index)] : open);
  return at(0).flatMap((one) => at(1).flatMap((two) => at(2).map((three) => place(one, two, three))));
}

function add(words: Int32Array, at: number, bit: number): void {
  words[at] = (words[at] ?? 0) | bit;
}

/** Two words for each place, and the bits of each rule in them. */
function indexed(rules: readonly Rule[]) {
  const low = new Int32Array(places);
  const high = new Int32Array(places);
  const lowOf = new Int32Array(rules.length);
  const highOf = new Int32Array(rules.length);
  const always = { low: 0, high: 0 };
  rules.forEach(({ hint }, at) => {
    const bit = 1 << (at % wordSize);
    const lower = at % (2 * wordSize) < wordSize;
    add(lower ? lowOf : highOf, at, bit);
    // What has no hint is tried with each line.
    if (hint === '') always[lower ? 'low' : 'high'] |= bit;
    else for (const one of placesOf(hint)) add(lower ? low : high, one, bit);
  });
  return { low, high, lowOf, highOf, always };
}

/** Tries the rules that a text may be for, in their order, until one says that it took it. */
export type RuleBook = (text: string, attempt: (rule: Rule) => boolean) => void;

/** Rules in the order in which they are to be tried. */
export function createRuleBook(rules: readonly Rule[]): RuleBook {
  const { low, high, lowOf, highOf, always } = indexed(rules);
  return (text, attempt) => {
    let some = always.low;
    let more = always.high;
    let at = 0;
    // Two steps past the end: a hint may be the last character.
    for (let next = 0; next < text.length + 2; next += 1) {
      at = ((at << 5) | (next < text.length ? text.charCodeAt(next) & 31 : 0)) & (places - 1);
      some |= low[at] ?? 0;
      more |= high[at] ?? 0;
    }
    for (let number = 0; number < rules.length; number += 1) {
      if ((some & (lowOf[number] ?? 0)) === 0 && (more & (highOf[number] ?? 0)) === 0) continue;
      const rule = rules[number];
      if (rule === undefined || (rule.hint !== '' && !text.includes(rule.hint))) continue;
      if (attempt(rule)) return;
    }
  };
}
