// RE2 itself, by re2.

import RE2 from 're2';
import type { RegexDriver } from './regex-driver.ts';

export const re2Driver: RegexDriver = {
  name: 're2',
  compile(source) {
    const regex = new RE2(source, 'u');
    return (text) => regex.test(text);
  },
  search(source) {
    const regex = new RE2(source, 'gu');
    return (text, from) => {
      regex.lastIndex = from;
      return regex.test(text) ? regex.lastIndex : -1;
    };
  },
};
