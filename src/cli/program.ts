// The command line: which commands there are and what they take. Each loads its own file when it runs, so that --help costs nothing.

import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { addSignatures } from './add-signatures.ts';
import { commonOptions } from './common-options.ts';
import { addFlakesOverTime } from './flakes-commands.ts';
import { exitCodes, isCommandError, type ExitCode } from './exit.ts';
import type { Call, Terminal } from './terminal.ts';
import { version } from './version.ts';

type Given = Parameters<typeof commonOptions>[0];

/** What stands between commander and the commands: it notes the exit code of the one that runs. */
interface Frame {
  readonly terminal: Terminal;
  code: ExitCode;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new InvalidArgumentError('expected a whole number');
  return Number(text);
}

function listLimit(text: string): number {
  const limit = wholeNumber(text);
  if (limit < 1 || limit > 200) throw new InvalidArgumentError('expected a number from 1 to 200');
  return limit;
}

function gathered(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

/** Runs a command with what all commands have, and keeps its exit code. */
async function run(frame: Frame, command: Command, body: (call: Call) => Promise<ExitCode>): Promise<void> {
  const { terminal } = frame;
  const common = commonOptions(command.optsWithGlobals<Given>(), terminal);
  frame.code = await body({ terminal, common });
}

function addDaemon(program: Command, frame: Frame): void {
  program
    .command('daemon')
    .description('run the daemon')
    .action((_options: object, command: Command) =>
      run(frame, command, async (call) => (await import('./daemon.ts')).daemon(call)),
    );
  program
    .command('demo')
    .description('show it all on this machine: a fleet, a Gearman server and a few gate jobs')
    .option('--keep', 'leave it running and print the addresses')
    .action((options: { keep?: boolean }, command: Command) =>
      run(frame, command, async (call) =>
        (await import('./demo.ts')).demo(call, { keep: options.keep === true }),
      ),
    );
  program
    .command('status')
    .description('what the daemon does and what it depends on')
    .action((_options: object, command: Command) =>
      run(frame, command, async (call) => (await import('./status.ts')).status(call)),
    );
  program
    .command('doctor')
    .description('everything the gate stands on, and what cures what is wrong')
    .action((_options: object, command: Command) =>
      run(frame, command, async (call) => (await import('./doctor.ts')).doctor(call)),
    );
  program
    .command('reconcile')
    .description('what journal, Buildbot and Gearman do not agree on; looked at and mended at once')
    .option('--dry-run', 'only say it, and what would be done')
    .action((options: { dryRun?: boolean }, command: Command) =>
      run(frame, command, async (call) =>
        (await import('./reconcile.ts')).reconcile(call, options.dryRun === true),
      ),
    );
  for (const to of ['drain', 'resume'] as const) {
    const command = program
      .command(to)
      .description(to === 'drain' ? 'start no new run; what runs goes on' : 'end a drain');
    if (to === 'drain') command.option('--wait', 'return when the last started run is over');
    command.action((options: { wait?: boolean }, self: Command) =>
      run(frame, self, async (call) =>
        (await import('./mode.ts')).mode(call, { to, wait: options.wait === true }),
      ),
    );
  }
}

function addReload(program: Command, config: Command, frame: Frame): void {
  program
    .command('reload')
    .description('have the daemon read its configuration anew')
    .action((_options: object, command: Command) =>
      run(frame, command, async (call) => (await import('./reload.ts')).reload(call, 'reload')),
    );
  config
    .command('diff')
    .description('what a reload would change')
    .action((_options: object, command: Command) =>
      run(frame, command, async (call) => (await import('./reload.ts')).reload(call, 'config/diff')),
    );
}

function addConfig(program: Command, frame: Frame): void {
  const config = program.command('config').description('check, compare, show or begin a configuration');
  addReload(program, config, frame);
  config
    .command('check')
    .description('everything that is wrong with the file; works without a daemon')
    .argument('[file]')
    .option('--online', 'ask the Buildbot master and the Gearman servers too')
    .action((file: string | undefined, options: { online?: boolean }, command: Command) =>
      run(frame, command, async (call) => {
        const { configCheck } = await import('./config-check.ts');
        return configCheck(call, { file: file ?? null, online: options.online === true });
      }),
    );
  config
    .command('show')
    .description('the configuration with every default')
    .action((_options: object, command: Command) =>
      run(frame, command, async (call) => (await import('./config-show.ts')).configShow(call)),
    );
  config
    .command('init')
    .description('print a first configuration, or the stanza for master.cfg')
    .option('--buildbot <url>', 'address of the Buildbot master')
    .option('--stanza', 'print what goes into master.cfg')
    .action((options: { buildbot?: string; stanza?: boolean }, command: Command) =>
      run(frame, command, async (call) => {
        const { configInit } = await import('./config-init.ts');
        return configInit(call, { buildbot: options.buildbot ?? null, stanza: options.stanza === true });
      }),
    );
}

function addReading(jobs: Command, frame: Frame): void {
  jobs
    .command('list')
    .description('the newest jobs')
    .option('--limit <n>', 'how many, 1 to 200', listLimit, 20)
    .option('--before <next>', 'the page after the one that ended with this', wholeNumber)
    .action((options: { limit: number; before?: number }, command: Command) =>
      run(frame, command, async (call) => {
        const { jobsList } = await import('./jobs-list.ts');
        return jobsList(call, { limit: options.limit, before: options.before ?? null });
      }),
    );
  jobs
    .command('show')
    .description('a job, what it waits for, its builders')
    .argument('<number>')
    .action((number: string, _options: object, command: Command) =>
      run(frame, command, async (call) => (await import('./jobs-show.ts')).jobsShow(call, number)),
    );
  jobs
    .command('logs')
    .description('the last lines of its failed steps')
    .argument('<number>')
    .action((number: string, _options: object, command: Command) =>
      run(frame, command, async (call) => (await import('./jobs-logs.ts')).jobsLogs(call, number)),
    );
  jobs
    .command('watch')
    .description('follow a job until its verdict')
    .argument('<number>')
    .option('--timeout <seconds>', 'give up after this time', wholeNumber)
    .action((number: string, options: { timeout?: number }, command: Command) =>
      run(frame, command, async (call) => {
        const { jobsWatch } = await import('./jobs-watch.ts');
        return jobsWatch(call, {
          number,
          timeout: options.timeout === undefined ? null : options.timeout * 1_000,
        });
      }),
    );
}

interface SubmitGiven {
  readonly job: string;
  readonly branch: string;
  readonly revision: string;
  readonly ref?: string;
  readonly param: readonly string[];
  readonly dryRun?: boolean;
  readonly wait?: boolean;
}

function addActing(jobs: Command, frame: Frame): void {
  jobs
    .command('submit')
    .description('submit a gate job')
    .requiredOption('--job <name>', 'name of a job of the configuration')
    .requiredOption('--branch <branch>', 'branch')
    .requiredOption('--revision <commit>', 'the exact commit')
    .option('--ref <ref>', 'ref under which the commit is fetched')
    .option('--param <key=value>', 'one more parameter, repeatable', gathered, [])
    .option('--dry-run', 'print the plan and the force calls, send nothing')
    .option('--wait', 'follow the job until its verdict')
    .action((options: SubmitGiven, command: Command) =>
      run(frame, command, async (call) => {
        const { jobsSubmit } = await import('./jobs-submit.ts');
        const { job, branch, revision, ref = null, param: parameters } = options;
        const [dryRun, wait] = [options.dryRun === true, options.wait === true];
        return jobsSubmit(call, { job, branch, revision, ref, parameters, dryRun, wait });
      }),
    );
  jobs
    .command('cancel')
    .description('end a job with ABORTED')
    .argument('<number>')
    .option('--reason <text>', 'why, for the record', '')
    .action((number: string, options: { reason: string }, command: Command) =>
      run(frame, command, async (call) => {
        const { jobsCancel } = await import('./jobs-cancel.ts');
        return jobsCancel(call, { number, reason: options.reason });
      }),
    );
}

function addOperator(jobs: Command, frame: Frame): void {
  const described = {
    promote: 'move a job to the head of the line, and its requests at Buildbot before others',
    forget: 'remove the record of a job that is over',
  };
  for (const what of ['promote', 'forget'] as const) {
    jobs
      .command(what)
      .description(described[what])
      .argument('<number>')
      .requiredOption('--reason <text>', 'why, for the record')
      .action((number: string, { reason }: { reason: string }, command: Command) =>
        run(frame, command, async (call) => {
          const { jobsPromote, jobsForget } = await import('./jobs-operator.ts');
          return (what === 'promote' ? jobsPromote : jobsForget)(call, { number, reason });
        }),
      );
  }
}

function addRecheck(jobs: Command, frame: Frame): void {
  jobs
    .command('recheck')
    .description('measure what failed in a decided job once more; changes no verdict')
    .argument('<number>')
    .requiredOption('--bug <id>', 'the bug that it is for, an id or an address')
    .action((number: string, options: { bug: string }, command: Command) =>
      run(frame, command, async (call) => {
        const { jobsRecheck } = await import('./jobs-recheck.ts');
        return jobsRecheck(call, { number, bug: options.bug });
      }),
    );
}

interface ExplainGiven {
  readonly format: 'auto' | 'contents' | 'raw';
  readonly junit?: string;
  readonly builder?: string;
  readonly platform?: string;
  readonly signatures?: string;
}

function addFlakes(program: Command, frame: Frame): void {
  const flakes = program.command('flakes').description('what failed and why');
  flakes
    .command('explain')
    .description('what went wrong in a saved log, a job or a build, and whose it is')
    .argument(
      '<what>',
      "a saved log (- is stdin), a job's number or page, or the page of a build at Buildbot",
    )
    .addOption(
      new Option('--format <format>', 'whether each line begins with the letter of its stream')
        .choices(['auto', 'contents', 'raw'])
        .default('auto'),
    )
    .option('--junit <file>', 'the JUnit report of the same build')
    .option('--builder <name>', 'the builder, for incidents of machines')
    .option('--platform <name>', 'the platform of the builder')
    .option('--signatures <path>', 'a folder of signatures, or one file')
    .action((what: string, options: ExplainGiven, command: Command) =>
      run(frame, command, async (call) => {
        const { explain } = await import('./explain.ts');
        const { format, junit = null, builder = null, platform = null, signatures = null } = options;
        return explain(call, { what, format, junit, builder, platform, signatures, input: process.stdin });
      }),
    );
  addFlakesOverTime(flakes, (command, body) => run(frame, command, body));
}

function program(frame: Frame): Command {
  const { terminal } = frame;
  // Sub-commands take over what is set before they are added.
  const top = new Command('gearbridge')
    .description('Makes a Buildbot fleet usable as a merge gate')
    .version(version())
    .option('--config <file>', 'configuration (GEARBRIDGE_CONFIG, else /etc/gearbridge/gearbridge.yaml)')
    .option('--url <address>', 'ask a daemon at this address, for commands that only read (GEARBRIDGE_URL)')
    .option('--json', 'documents instead of tables')
    .option('--no-color', 'no colours (NO_COLOR)')
    .exitOverride()
    .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.err(text) })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(--help says more)');
  addDaemon(top, frame);
  addConfig(top, frame);
  const jobs = top.command('jobs').description('list, show, watch, submit or cancel gate jobs');
  addReading(jobs, frame);
  addActing(jobs, frame);
  addRecheck(jobs, frame);
  addOperator(jobs, frame);
  addFlakes(top, frame);
  addSignatures(top, (command, body) => run(frame, command, body));
  return top;
}

/** Commander's own ends: help and version that were asked for are answers, the rest is wrong usage. */
function commanderCode(error: CommanderError): ExitCode {
  const asked = ['commander.helpDisplayed', 'commander.version'].includes(error.code);
  return asked ? exitCodes.yes : exitCodes.usage;
}

/** Runs one command line (without node and script) and gives the exit code. Never rejects. */
export async function gearbridge(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const frame: Frame = { terminal, code: exitCodes.yes };
  try {
    await program(frame).parseAsync(words, { from: 'user' });
    return frame.code;
  } catch (error) {
    if (error instanceof CommanderError) return commanderCode(error);
    const { visible } = await import('../views/text.ts');
    const message = error instanceof Error ? error.message : String(error);
    // Findings stand on lines of their own.
    terminal.err(`gearbridge: ${message.split('\n').map(visible).join('\n')}\n`);
    return isCommandError(error) ? error.exitCode : exitCodes.unknown;
  }
}
