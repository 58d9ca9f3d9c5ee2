// Which of many rules a line may be for, told by one walk over it: looking for each rule's hint by itself cost more than all else.
// Three characters at a time, cut to five bits each, find the rules whose hint may begin there; the hint itself is looked for afterwards.

import type { Rule } from './tool.ts';

const places = 1 << 15;
/** Rules in one word of bits. */
const wordSize = 31;

const place = (first: number, second: number, third: number): number =>
  ((first & 31) << 10) | ((second & 31) << 5) | (third & 31);

const open: readonly number[] = [...Array(32).keys()];

/** The places in which a hint may begin: a short one leaves the rest open. */
function placesOf(hint: string): readonly number[] {
  const at = (index: number): readonly number[] => (index < hint.length ? [hint.charCodeAt(index)] : open);
  return at(0).flatMap((one) => at(1).flatMap((two) => at(2).map((three) => place(one, two, three))));
}

/** For each place the number of a set of rules, and the sets; 0 is empty, as nearly every place is. */
function indexed(rules: readonly Rule[]) {
  const members = new Map<number, number[]>();
  rules.forEach(({ hint }, number) => {
    if (hint === '') return;
    for (const one of new Set(placesOf(hint))) {
      const known = members.get(one);
      if (known === undefined) members.set(one, [number]);
      else known.push(number);
    }
  });
  const setOf = new Uint16Array(places);
  const sets: (readonly number[])[] = [[]];
  const known = new Map<string, number>();
  for (const [one, numbers] of members) {
    const key = numbers.join(' ');
    const set = known.get(key) ?? sets.push(numbers) - 1;
    known.set(key, set);
    setOf[one] = set;
  }
  return { setOf, sets };
}

/** Tries the rules that a text may be for, in their order, until one says that it took it. */
export type RuleBook = (text: string, attempt: (rule: Rule) => boolean) => void;

/** Rules in the order in which they are to be tried. */
export function createRuleBook(rules: readonly Rule[]): RuleBook {
  const { setOf, sets } = indexed(rules);
  const always = Int32Array.from({ length: Math.ceil(rules.length / wordSize) });
  const due = new Int32Array(always.length);
  const mark = (words: Int32Array, number: number): void => {
    const word = Math.floor(number / wordSize);
    words[word] = (words[word] ?? 0) | (1 << (number % wordSize));
  };
  // What has no hint is tried with each line.
  for (const [number, { hint }] of rules.entries()) if (hint === '') mark(always, number);

  function walk(text: string): void {
    due.set(always);
    let at = 0;
    let last = 0;
    // Two steps past the end: a hint may be the last character.
    for (let next = 0; next < text.length + 2; next += 1) {
      at = ((at << 5) | (next < text.length ? text.charCodeAt(next) & 31 : 0)) & (places - 1);
      const set = setOf[at] ?? 0;
      if (set === 0 || set === last) continue;
      last = set;
      for (const number of sets[set] ?? []) mark(due, number);
    }
  }

  return (text, attempt) => {
    walk(text);
    for (let word = 0; word < due.length; word += 1) {
      for (let bits = due[word] ?? 0; bits !== 0; bits &= bits - 1) {
        const rule = rules[word * wordSize + 31 - Math.clz32(bits & -bits)];
        if (rule === undefined || (rule.hint !== '' && !text.includes(rule.hint))) continue;
        if (attempt(rule)) return;
      }
    }
  };
}
