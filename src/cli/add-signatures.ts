// The commands `gearbridge signatures …`.

import { InvalidArgumentError, Option, type Command } from 'commander';
import { sinceForm, sinceOf } from '../views/since.ts';
import type { ExitCode } from './exit.ts';
import type { Call } from './terminal.ts';

type Run = (command: Command, body: (call: Call) => Promise<ExitCode>) => Promise<void>;

interface TestGiven {
  readonly log?: readonly string[];
  readonly since?: string;
}

function sinceGiven(text: string): string {
  if (sinceOf(text) === null) throw new InvalidArgumentError(sinceForm);
  return text;
}

/** Adds them to the program. */
export function addSignatures(program: Command, run: Run): void {
  const signatures = program
    .command('signatures')
    .description('check and try the files that name known flakes');
  signatures
    .command('list')
    .description('the signatures, how often they were seen in 90 days, and what should be retired')
    .argument('[path]', 'a folder of signatures or one file; otherwise the folder of the configuration')
    .action((path: string | undefined, _options: object, command: Command) =>
      run(command, async (call) => (await import('./signatures-list.ts')).signaturesList(call, path ?? null)),
    );
  signatures
    .command('lint')
    .description('everything that is wrong with signature files; works without a daemon')
    .argument('<path...>', 'files, or folders of them')
    .action((paths: readonly string[], _options: object, command: Command) =>
      run(command, async (call) => (await import('./signatures-lint.ts')).signaturesLint(call, paths)),
    );
  signatures
    .command('test')
    .description('where signatures occur in logs (needs no daemon), or in the failures that the daemon keeps')
    .argument('<path>', 'a file, or a folder of them')
    .addOption(new Option('--log <file...>', 'logs, taken as raw bytes').conflicts('since'))
    .addOption(new Option('--since <time>', 'failures of this time: 90d').argParser(sinceGiven))
    .action((path: string, options: TestGiven, command: Command) =>
      run(command, async (call) => {
        const { log, since } = options;
        if (log !== undefined) {
          return (await import('./signatures-test.ts')).signaturesTest(call, { path, logs: log });
        }
        if (since === undefined) return command.error('error: give --log or --since (--help says more)');
        return (await import('./signatures-replay.ts')).signaturesReplay(call, { path, since });
      }),
    );
  signatures
    .command('new')
    .description('a first signature file for a failure, on stdout; of a saved log without a daemon')
    .requiredOption(
      '--from <log>',
      'a saved log, - for stdin, or the address of a build or build request at Buildbot',
    )
    .option('--test <id>', 'the failure of this test')
    .action((options: { from: string; test?: string }, command: Command) =>
      run(command, async (call) => {
        const { signaturesNew } = await import('./signatures-new.ts');
        return signaturesNew(call, { from: options.from, input: process.stdin, test: options.test ?? null });
      }),
    );
}
