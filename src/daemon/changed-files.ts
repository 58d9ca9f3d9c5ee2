// Runs a job's `changed_files` command: it prints the files of a change, one a line (FLAKES.md 6.3; config/README.md shows one with git).

import { spawn } from 'node:child_process';
import { filesIn } from '../gate/changed-files.ts';
import type { RunId } from '../gate/ids.ts';
import type { Run, Terms } from '../gate/run.ts';
import type { Log } from '../observe/log.ts';

/** The files that a run's change touches; null: nobody says, so every file counts as touched. Never rejects. */
export type ChangedFiles = (run: Run) => Promise<readonly string[] | null>;

/** Milliseconds, bytes, runs. */
const runsWithin = 60_000;
const mostOutput = 64 * 1024;
const mostAnswers = 200;

/** What the command is told, and the search path; nothing else of ours. */
function environmentOf({ change }: Terms, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    PATH: env['PATH'],
    HOME: env['HOME'],
    GATE_PROJECT: change.project,
    GATE_REPOSITORY: change.repository,
    GATE_BRANCH: change.branch,
    GATE_REF: change.forceBranch,
    GATE_COMMIT: change.revision,
  };
}

/** Its whole output; rejects with what went wrong and what to look at. */
function outputOf(command: readonly string[], env: NodeJS.ProcessEnv, within: number): Promise<string> {
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    // A group of its own, so that what it started ends with it.
    const child = spawn(program, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const end = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch (error) {
        // ESRCH: the whole group has ended by itself.
        const isGone = error instanceof Error && 'code' in error && error.code === 'ESRCH';
        if (!isGone) reject(new Error(`${program} could not be ended`, { cause: error }));
      }
    };
    let [said, complaint, cut] = ['', '', ''];
    const timer = setTimeout(() => {
      cut = `was not done within ${within / 1000} s`;
      end();
    }, within);
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      said += piece;
      if (said.length <= mostOutput) return;
      cut ||= `printed more than ${mostOutput} characters`;
      end();
    });
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      complaint = (complaint + piece).slice(-300);
    });
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      if (code === 0 && cut === '') resolve(said);
      else
        reject(
          new Error(
            `${program} ${cut === '' ? `ended with ${code ?? 'a signal'}` : cut}: ${complaint.trim()}`,
          ),
        );
    });
  });
}

/** Asks once for each run: the gatekeeper's own list first, then the job's command. */
export function createChangedFiles(log: Log, options: { readonly within?: number } = {}): ChangedFiles {
  const answers = new Map<RunId, Promise<readonly string[] | null>>();

  const ask = async (run: Run, terms: Terms): Promise<readonly string[] | null> => {
    const command = terms.definition.changedFiles;
    if (command === undefined) return null;
    try {
      const said = await outputOf(command, environmentOf(terms, process.env), options.within ?? runsWithin);
      const files = filesIn(said);
      if (files === null) throw new Error(`${command[0] ?? ''} printed no list of files, one a line`);
      return files;
    } catch (error) {
      log.warn(
        { run: run.id, err: error },
        'the changed_files command of the job gave no list; every file counts as touched',
      );
      return null;
    }
  };

  return (run) => {
    const { terms } = run;
    if (terms === null) return Promise.resolve(null);
    if (terms.change.files !== null) return Promise.resolve(terms.change.files);
    const known = answers.get(run.id);
    if (known !== undefined) return known;
    const answer = ask(run, terms);
    const [oldest] = answers.keys();
    if (answers.size >= mostAnswers && oldest !== undefined) answers.delete(oldest);
    answers.set(run.id, answer);
    return answer;
  };
}
