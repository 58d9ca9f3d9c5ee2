// The demo's gatekeeper: submits jobs through Gearman with Debian's `gearman` command, one process for each job, and reads what
// comes back: the JSON of each WORK_DATA, one after the other (GATEKEEPER.md 2.1).

import { createHash } from 'node:crypto';
import { launch, type Child } from '../../servers/process.ts';
import { program } from '../../servers/program.ts';
import { jsonObjects } from './json-objects.ts';

/** A change as the gatekeeper proposes it. */
export interface Change {
  readonly number: string;
  readonly commit: string;
  readonly arguments: Readonly<Record<string, string>>;
}

/** What a gatekeeper knows of its job: the first number and manager count, and the last result. */
export interface Heard {
  readonly number: string | null;
  readonly manager: string | null;
  readonly result: string | null;
}

export interface Submission {
  readonly change: Change;
  /** Whether the job has not ended at the Gearman server yet. */
  waiting(): boolean;
  heard(): Heard;
  /** What the command said on stderr, when it ended without a result. */
  words(): string;
  /** Ends the command; the server then knows that nobody waits any more. */
  stop(): Promise<void>;
}

export interface Gatekeeper {
  /** Submits `build:<job>` in the foreground; resolves when the command runs. */
  submit(job: string, change: Change): Promise<Submission>;
  /** Asks for the end of a job (`stop:<manager>`, high priority); rejects when that is refused or takes longer than 15 s. */
  cancel(job: string, submission: Submission): Promise<void>;
}

const stopWithin = 15_000;

/** A change of that title; the same title in the same demo gives the same commit. */
export function proposed(title: string, salt: string): Change {
  const hex = (what: string): string => createHash('sha1').update(`${what} ${title} ${salt}`).digest('hex');
  const number = hex('number').slice(0, 32);
  const commit = hex('commit');
  return {
    number,
    commit,
    arguments: {
      ZUUL_UUID: number,
      ZUUL_PROJECT: 'cpython',
      ZUUL_PIPELINE: 'gate',
      ZUUL_URL: 'https://git.example.org',
      ZUUL_BRANCH: 'main',
      ZUUL_REF: `refs/zuul/main/Z${hex('ref').slice(0, 32)}`,
      ZUUL_COMMIT: commit,
    },
  };
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function heardFrom(output: string): Heard {
  const data = jsonObjects(output);
  const named = data.find((one) => typeof one['number'] === 'string');
  return {
    number: text(named?.['number']),
    manager: text(named?.['manager']),
    result: text(data.at(-1)?.['result']),
  };
}

/** A gatekeeper at the Gearman server on this port of 127.0.0.1. Rejects when gearman-tools is not installed. */
export function createGatekeeper(port: number): Gatekeeper {
  const path = program('gearman', 'gearman-tools');
  const client = (name: string, args: readonly string[]): Promise<Child> =>
    launch({
      name: `gearman -f ${name}`,
      program: path,
      args: ['-h', '127.0.0.1', '-p', String(port), '-f', name, ...args],
      diesBy: 'signal',
    });
  return {
    async submit(job, change) {
      const child = await client(`build:${job}`, ['-u', change.number, JSON.stringify(change.arguments)]);
      return {
        change,
        waiting: () => child.running(),
        heard: () => heardFrom(child.output()),
        words: () => child.words(),
        stop: () => child.stop(1_000),
      };
    },
    async cancel(job, submission) {
      const { number, manager } = submission.heard();
      if (number === null || manager === null) {
        throw new Error(`job ${submission.change.number} sent no number and manager to cancel it by`);
      }
      const name = `stop:${manager}`;
      const child = await client(name, ['-I', JSON.stringify({ name: job, number })]);
      const timer = setTimeout(() => child.signal('SIGKILL'), stopWithin);
      const how = await child.ended;
      clearTimeout(timer);
      if (how !== 'exit code 0') throw new Error(`gearman -f ${name} ended with ${how}: ${child.words()}`);
    },
  };
}
