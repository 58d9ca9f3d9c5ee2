// `npm run -s decide`: one case a line on stdin, one ruling a line on stdout. Nothing is kept from line to line; a line that is wrong is answered
// with what is wrong in it, and the next one is read.

import { readCase } from '../config/decision/read-case.ts';
import { caseOf } from '../flakes/decide/case-of.ts';
import { decide } from '../flakes/decide/decide.ts';
import type { Excused, Ruling } from '../flakes/decide/case.ts';

/** Longer lines are refused unread. */
const maxLine = 8 * 1024 * 1024;
const LF = 0x0a;

function told({ failure, by, again }: Excused): object {
  return {
    test_id: failure.testId,
    excuse_key: failure.excuseKey,
    signature: failure.signature?.id ?? null,
    by,
    failed: again?.failed ?? null,
    ran: again?.ran ?? null,
  };
}

function written(ruling: Ruling): object {
  const { action, builder, why } = ruling;
  switch (action) {
    case 'measure':
    case 'control': {
      const { tests, repeat, builds } = ruling;
      return {
        action,
        builder,
        why,
        tests,
        repeat,
        builds,
        ...(action === 'control' ? { base: ruling.base } : {}),
      };
    }
    case 'forgive':
    case 'withdraw':
      return { action, builder, why, summary: ruling.summary, excused: ruling.excused.map(told) };
    case 'fail':
      return { action, builder, why, result: ruling.result, test_id: ruling.failure?.testId ?? null };
    case 'infra':
      return { action, builder, why };
  }
}

/** JSON in ASCII: what a name holds cannot reach a terminal as it is. */
function line(answer: object): string {
  const safe = JSON.stringify(answer).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${safe}\n`;
}

/** The answer to one line, with its LF; `number` counts from 1. */
export function answer(text: string, number: number): string {
  const { document, error } = readCase(text);
  return line(error === null ? written(decide(caseOf(document))) : { error: `line ${number}: ${error}` });
}

/** Lines of a stream; null in place of one that is too long. What is too long is not kept. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string | null> {
  let parts: Uint8Array[] = [];
  let size = 0;
  const take = (): string | null => {
    const text = size > maxLine ? null : Buffer.concat(parts).toString('utf8');
    parts = [];
    size = 0;
    return text;
  };
  const keep = (part: Uint8Array): void => {
    size += part.length;
    if (size <= maxLine) parts.push(part);
    else parts = [];
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, from)) {
      keep(chunk.subarray(from, at));
      yield take();
      from = at + 1;
    }
    keep(chunk.subarray(from));
  }
  if (size > 0) yield take();
}

/** Answers every line of the input that is not blank. */
export async function* answers(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let number = 0;
  for await (const text of linesOf(chunks)) {
    number += 1;
    if (text === null) yield line({ error: `line ${number}: is longer than ${maxLine} bytes` });
    else if (text.trim() !== '') yield answer(text, number);
  }
}
