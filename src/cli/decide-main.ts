// The program behind `npm run -s decide`.

import { pipeline } from 'node:stream/promises';
import { answers } from './decide.ts';

await pipeline(process.stdin, answers, process.stdout, { end: false });
