// A JUnit report to its failed tests. xml2js sees one failing test case at a time.

import { moduleName } from '../flakes/test-id.ts';
import type { ReportedFailure } from '../flakes/reported.ts';
import { scanJunit, type JunitScan } from './junit-scan.ts';

type Parse = (xml: string, options: { readonly async: boolean }) => Promise<unknown>;

export interface JunitReading {
  readonly state: JunitScan['state'];
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

/** The failed tests of a report, and whether it is to be believed. */
export async function readJunit(report: Buffer): Promise<JunitReading> {
  const { state, cases, fragments, left } = scanJunit(report);
  if (fragments.length === 0) return { state, cases, failures: [], left };
  // Loaded when a report has failing cases, which is seldom.
  const { parseStringPromise } = await import('xml2js');
  const failures: ReportedFailure[] = [];
  let unread = left;
  for (const fragment of fragments) {
    const failure = await parsed(fragment, parseStringPromise);
    if (failure === null) unread += 1;
    else failures.push(failure);
  }
  return { state, cases, failures, left: unread };
}
