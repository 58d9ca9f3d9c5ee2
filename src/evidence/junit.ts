// A JUnit report to its failed tests. xml2js sees one failing test case at a time.

import { moduleName } from '../flakes/test-id.ts';
import type { ReportedFailure } from '../flakes/reported.ts';
import { createJunitScanner, type JunitScan } from './junit-scan.ts';

type Parse = (xml: string, options: { readonly async: boolean }) => Promise<unknown>;

/** Bytes; a report that has more is not read. */
const reportLimit = 64 * 1024 * 1024;

export interface JunitReading {
  readonly state: JunitScan['state'] | 'too large';
  readonly cases: number;
  readonly failures: readonly ReportedFailure[];
  /** Failing cases that could not be read. */
  readonly left: number;
}

// What XML does not allow at all, but programs print; and a document type, which a test case has not.
// A value of one test is no reason to lose the others.
const unfit = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 16_384) : '';
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function firstOf(value: unknown): Readonly<Record<string, unknown>> | null {
  const first: unknown = Array.isArray(value) ? value[0] : undefined;
  if (first === undefined) return null;
  return typeof first === 'string' ? { _: first } : record(first);
}

/** `test.test_a.Class.test_x`; where the class stands apart, both together. Parameters of subtests are no part of it. */
function idOf(name: string, className: string): string | null {
  const bare = name.replace(/ .*$/s, '').replace(/\[.*$/s, '');
  const full = className === '' || bare.startsWith(`${className}.`) ? bare : `${className}.${bare}`;
  const unittest = /^(\w+) \(([\w.]+)\)/.exec(name);
  const id = unittest === null ? full : `${unittest[2] ?? ''}.${unittest[1] ?? ''}`;
  return /^[\w.]{1,500}$/.test(id) ? moduleName(id) : null;
}

function reported(document: unknown): ReportedFailure | null {
  const testcase = record(record(document)['testcase']);
  const attributes = record(testcase['$']);
  const testId = idOf(text(attributes['name']), text(attributes['classname']));
  const failed = firstOf(testcase['failure']) ?? firstOf(testcase['error']);
  if (testId === null || failed === null) return null;
  const given = record(failed['$']);
  const exception = text(given['type']).split('.').at(-1) ?? '';
  const message = text(given['message']).trim();
  const shown = message.startsWith(`${exception}: `) ? message.slice(exception.length + 2) : message;
  return { testId, exception: exception || null, message: shown || null, text: text(failed['_']) };
}

async function parsed(fragment: string, parse: Parse): Promise<ReportedFailure | null> {
  if (fragment.includes('<!')) {
    // Entities are declared in a document type only; CDATA is what a test printed.
    if (/<!(?!\[CDATA\[|--)/.test(fragment.replace(/<!\[CDATA\[.*?\]\]>/gs, ''))) return null;
  }
  try {
    return reported(await parse(fragment.replace(unfit, '\ufffd'), { async: false }));
  } catch {
    // Not XML: counted as left out by the caller, which then leans on the log.
    return null;
  }
}

export interface JunitReader {
  /** Takes the next bytes, which may be used again once it resolves: with whether more of them are wanted. */
  write(bytes: Uint8Array): Promise<boolean>;
  /** The failed tests of the report, and whether it is to be believed. Nothing may be written after it. */
  end(): JunitReading;
}

/** Reads one report, in bounded memory. */
export function createJunitReader(): JunitReader {
  const scanner = createJunitScanner();
  let failures: ReportedFailure[] = [];
  let unread = 0;
  let size = 0;
  return {
    async write(bytes) {
      size += bytes.length;
      if (size > reportLimit) {
        failures = [];
        return false;
      }
      const fragments = scanner.write(bytes);
      if (fragments.length === 0) return true;
      // Loaded when a report has failing cases, which is seldom.
      const { parseStringPromise } = await import('xml2js');
      for (const fragment of fragments) {
        const failure = await parsed(fragment, parseStringPromise);
        if (failure === null) unread += 1;
        else failures.push(failure);
      }
      return true;
    },
    end() {
      if (size > reportLimit) return { state: 'too large', cases: 0, failures, left: 0 };
      const { state, cases, left } = scanner.end();
      return { state, cases, failures, left: left + unread };
    },
  };
}

/** Reads a report to its end, or as far as it is wanted. Rejects with what the source rejects with. */
export async function readJunit(source: AsyncIterable<Uint8Array>): Promise<JunitReading> {
  const reader = createJunitReader();
  for await (const chunk of source) if (!(await reader.write(chunk))) break;
  return reader.end();
}
