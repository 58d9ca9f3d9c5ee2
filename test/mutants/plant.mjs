// `node plant.mjs FROM TO FILE…`: plants Stryker's mutants into each file of FROM, all at once and each behind a switch, and writes it to TO;
// the list of mutants goes to stdout as JSON. JavaScript, because the instrumenter's declarations do not pass this project's type check.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { Instrumenter } from '@stryker-mutator/instrumenter';

const [, , from, to, ...names] = process.argv;
const silent = () => undefined;
const no = () => false;
const logger = { trace: silent, debug: silent, info: silent, warn: silent, error: silent, fatal: silent };
const levels = {
  isTraceEnabled: no,
  isDebugEnabled: no,
  isInfoEnabled: no,
  isWarnEnabled: no,
  isErrorEnabled: no,
  isFatalEnabled: no,
};

const sources = await Promise.all(
  names.map(async (name) => ({ name, mutate: true, content: await readFile(join(from, name), 'utf8') })),
);
const planted = await new Instrumenter({ ...logger, ...levels }).instrument(sources, {
  plugins: null,
  ignorers: [],
  excludedMutations: [],
});
// How often each place is passed is counted only while somebody asks for it: counting takes longer than many a test.
const counting = (content) =>
  content.replace('function cover() {', 'function cover() { if (ns.counting !== true) return;');
await Promise.all(planted.files.map(({ name, content }) => writeFile(join(to, name), counting(content))));
process.stdout.write(
  JSON.stringify(
    planted.mutants.map(({ id, fileName, mutatorName, replacement, location }) => ({
      id,
      file: fileName,
      kind: mutatorName,
      replacement,
      start: location.start,
      end: location.end,
    })),
  ),
);
