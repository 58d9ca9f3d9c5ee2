// The program behind `npm run -s decide`.

import { pipeline } from 'node:stream/promises';
import { answers } from './decide.ts';

try {
  await pipeline(process.stdin, answers, process.stdout, { end: false });
} catch (error) {
  // A reader that went away (`| head`) has what it wanted, and what is fed may go on for ever.
  if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error;
  process.exit(0);
}
