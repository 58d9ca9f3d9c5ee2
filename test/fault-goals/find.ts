// Whether each goal's test is there, and what it gives when it is run: by mocha itself, which alone knows all titles.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { proofsOf, type Goal } from './goals.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const mocha = fileURLToPath(new URL('../../node_modules/mocha/bin/mocha.js', import.meta.url));

interface Report {
  readonly tests: readonly {
    readonly fullTitle: string;
    readonly duration?: number;
    readonly err: { readonly message?: string };
  }[];
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

async function report(args: readonly string[], within: number): Promise<Report> {
  const words = [mocha, '--reporter', 'json', '--exit', ...args];
  const options = { cwd: root, timeout: within, maxBuffer: 64 * 1024 * 1024 };
  // A failed test is an exit code, and its report is all the same on stdout.
  const { stdout } = await run(process.execPath, words, options).catch((error: unknown) => {
    if (error instanceof Error && 'stdout' in error && typeof error.stdout === 'string')
      return { stdout: error.stdout };
    throw error;
  });
  return JSON.parse(stdout.slice(stdout.indexOf('{'))) as Report;
}

/** The goals whose tests are all there. Nothing is run. */
export async function found(goals: readonly Goal[]): Promise<readonly Goal[]> {
  const files = [...new Set(goals.flatMap(proofsOf).map(({ file }) => `test/${file}`))];
  const { tests } = await report(['--dry-run', ...files], 120_000);
  return goals.filter((goal) =>
    proofsOf(goal).every(({ title }) => tests.some(({ fullTitle }) => fullTitle.endsWith(title))),
  );
}

/** Runs the tests of a goal: what they say of a failure, or null, and the seconds it took. */
export async function proved(
  goal: Goal,
): Promise<{ readonly trouble: string | null; readonly seconds: number }> {
  const proofs = proofsOf(goal);
  const files = [...new Set(proofs.map(({ file }) => `test/${file}`))];
  const titles = proofs.map(({ title }) => escaped(title)).join('|');
  const { tests } = await report(['-g', `(${titles})$`, ...files], 600_000);
  const seconds = tests.reduce((sum, { duration = 0 }) => sum + duration, 0) / 1_000;
  if (tests.length < proofs.length) return { trouble: 'there is no such test', seconds };
  return {
    trouble: tests.map(({ err }) => err.message).find((message) => message !== undefined) ?? null,
    seconds,
  };
}
