// The corpus through the reader.

import { Readable } from 'node:stream';
import { readLogFile } from '../../src/evidence/read-log-file.ts';
import { casesOf, type Part } from './case.ts';
import type { Answer } from './score.ts';

/** What the reader finds in each log of a part, as `flakes explain` reads a saved one. */
export async function answersOf(part: Part): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const labelled of await casesOf(part)) {
    const bytes = Readable.from([Buffer.from(labelled.log)]);
    const { failures } = await readLogFile(bytes, { format: 'auto', builder: null });
    answers.push({ labelled, found: failures });
  }
  return answers;
}
