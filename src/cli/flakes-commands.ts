// The commands on failures over time, and what they take.

import { InvalidArgumentError, Option, type Command } from 'commander';
import { sinceForm, sinceOf } from '../views/since.ts';
import type { ExitCode } from './exit.ts';
import type { FlakesQuery } from './flakes-report.ts';
import type { Call } from './terminal.ts';

/** Runs a command with what all commands have, and keeps its exit code. */
type Run = (command: Command, body: (call: Call) => Promise<ExitCode>) => Promise<void>;

interface Narrowed {
  readonly since: string;
  readonly branch?: string;
  readonly builder?: string;
  readonly worker?: string;
}

function since(text: string): string {
  if (sinceOf(text) === null) throw new InvalidArgumentError(sinceForm);
  return text;
}

function top(text: string): number {
  const number = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > 1_000) throw new InvalidArgumentError('expected a number from 1 to 1000');
  return number;
}

function narrowing(command: Command): Command {
  return command
    .option('--since <time>', 'how far back: 12h, 14d', since, '14d')
    .option('--branch <branch>', 'only this branch')
    .option('--builder <name>', 'only this builder')
    .option('--worker <name>', 'only this worker');
}

function queryOf({ since: from, branch = '', builder = '', worker = '' }: Narrowed): FlakesQuery {
  return { since: from, branch: branch || null, builder: builder || null, worker: worker || null };
}

type ReportOptions = Narrowed & { readonly top: number; readonly output: 'table' | 'json' | 'csv' | 'md' };

function addReport(flakes: Command, run: Run): void {
  narrowing(
    flakes
      .command('report')
      .description('failures and runs by signature, test, builder, worker and branch, with trend and cost'),
  )
    .option('--top <n>', 'rows of each', top, 20)
    .addOption(new Option('--output <form>').choices(['table', 'json', 'csv', 'md']).default('table'))
    .action((options: ReportOptions, command: Command) =>
      run(command, async (call) => {
        const { flakesReport } = await import('./flakes-report.ts');
        return flakesReport(call, { ...queryOf(options), top: options.top, output: options.output });
      }),
    );
}

function addImport(flakes: Command, run: Run): void {
  flakes
    .command('import')
    .description("read Buildbot's finished builds into the history; the daemon does it, this watches")
    .option('--since <time>', 'how far back: 12h, 30d', since, '30d')
    .action((options: { since: string }, command: Command) =>
      run(command, async (call) => (await import('./flakes-import.ts')).flakesImport(call, options.since)),
    );
}

/** Adds import, report, show, unclassified and search. */
export function addFlakesOverTime(flakes: Command, run: Run): void {
  addImport(flakes, run);
  addReport(flakes, run);
  flakes
    .command('show')
    .description('where and when one thing failed, and what became of it')
    .argument('<name>', 'an excuse key, a signature, an incident or a test')
    .action((name: string, _options: object, command: Command) =>
      run(command, async (call) => (await import('./flakes-show.ts')).flakesShow(call, name)),
    );
  narrowing(
    flakes.command('unclassified').description('failures that nothing explains, by cause, with a draft'),
  ).action((options: Narrowed, command: Command) =>
    run(command, async (call) => {
      const { flakesUnclassified } = await import('./flakes-unclassified.ts');
      return flakesUnclassified(call, queryOf(options));
    }),
  );
  narrowing(flakes.command('search').description('failures by a text in test, message, step or place'))
    .argument('<text>')
    .action((text: string, options: Narrowed, command: Command) =>
      run(command, async (call) => {
        const { flakesSearch } = await import('./flakes-search.ts');
        return flakesSearch(call, { ...queryOf(options), text });
      }),
    );
}
