// RE2 in JavaScript, where re2 could not be compiled.

import { RE2JS } from 're2js';
import type { RegexDriver } from './regex-driver.ts';

export const re2jsDriver: RegexDriver = {
  name: 're2js',
  compile(source) {
    const regex = RE2JS.compile(source);
    return (text) => regex.matcher(text.toString()).find();
  },
  search: () => null,
};
