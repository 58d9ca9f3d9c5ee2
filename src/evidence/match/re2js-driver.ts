// RE2 in JavaScript, where re2 could not be compiled.

import { RE2Set } from 're2js';
import type { RegexDriver } from './regex-driver.ts';

// Bytes of its states that each pattern may keep. A set asks only whether it matches, by a table of states, where a search (`find`)
// follows each place that is alive; a pattern that needs more states than this goes back to that, and soon: with re2js's own bound of
// 8 MiB 100 KB of `a.{60}b$` took three times as long. And a thousand patterns must fit into memory.
const mostStateBytes = 128 * 1024;

export const re2jsDriver: RegexDriver = {
  name: 're2js',
  compile(source) {
    const set = new RE2Set(RE2Set.UNANCHORED, 0, mostStateBytes);
    set.add(source);
    set.compile();
    return (text) => set.match(text.toString()).length > 0;
  },
  search: () => null,
};
