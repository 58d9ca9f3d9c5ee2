// One short command, run to its end with a deadline, its output taken.

import { spawn } from 'node:child_process';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** What it reads on stdin; default: nothing. */
  readonly input?: string;
  /** Milliseconds; default: 60 s. */
  readonly within?: number;
}

export interface Result {
  /** Null: ended by a signal, which the deadline sends too. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** More than any of these commands prints; what is beyond is not kept. */
const keptCharacters = 1024 * 1024;

/** Runs a command; rejects only when it cannot be started. */
export function tried(command: Command): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn(command.program, command.args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
      ...(command.env === undefined ? {} : { env: command.env }),
    });
    // spawn's own `timeout` is not cleared when the program cannot be started, and keeps the process alive.
    const timer = setTimeout(() => child.kill('SIGKILL'), command.within ?? 60_000);
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(new Error(`${command.program} could not be started: ${error.message}`, { cause: error }));
    });
    // A command that ends without reading breaks the pipe; its exit code tells whether that matters.
    let broken = '';
    child.stdin.on('error', (error) => {
      broken = `${error.message} while it was given its input\n`;
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout: stdout(), stderr: broken + stderr() });
    });
    child.stdin.end(command.input ?? '');
  });
}

/** Runs a command and gives its stdout; rejects with its stderr when its exit code is not 0. */
export async function output(command: Command): Promise<string> {
  const { code, stdout, stderr } = await tried(command);
  if (code === 0) return stdout;
  const said = stderr.trim();
  throw new Error(
    `${command.program} ${command.args.join(' ')}: exit code ${code ?? 'none (killed)'}: ${said}`,
  );
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (more: string) => {
    text = (text + more).slice(0, keptCharacters);
  });
  return () => text;
}
