// The admin questions to one server, one at a time: geard takes in one connection at a time (GATEKEEPER.md 5.4).

import type { Handle } from '../gate/ids.ts';
import type { ServerKind } from '../gate/job.ts';
import { askAdmin, type Answered, type Asking, type Question } from './admin-question.ts';
import type { ServerJob } from './gearman.ts';
import { printable } from './printable.ts';
import type { Surroundings } from './session.ts';
import { handleOf } from './wire-text.ts';

export interface Admin {
  /** What the server is. `silent`: it took the connection and said nothing; null: it could not be asked. */
  kind(): Promise<ServerKind | 'silent' | null>;
  /** Function to queued jobs. */
  waiting(): Promise<ReadonlyMap<string, number> | null>;
  /** Both of gearmand only; geard never answers them. */
  uniqueJobs(): Promise<ReadonlySet<string> | null>;
  jobs(): Promise<readonly ServerJob[] | null>;
  cancelJob(handle: Handle): Promise<boolean>;
  /** Gives up what is asked and what waits; resolves when no socket is left. */
  close(): Promise<void>;
}

/** Asks nothing by itself. */
export function createAdmin({ address, security, limits, log, times }: Surroundings): Admin {
  let line: Promise<unknown> = Promise.resolve();
  let length = 0;
  let closed = false;
  let current: Asking | null = null;

  async function ask(lines: readonly string[], read: (line: string) => boolean): Promise<Answered> {
    const question: Question = { lines, read, within: times.admin };
    if (length >= limits.adminQueue) return failed(lines, `${length} questions wait already`);
    length += 1;
    const turn = line.then(() => askNow(question));
    line = turn;
    const answer = await turn;
    length -= 1;
    if (answer.kind !== 'answered' && !closed)
      failed(lines, answer.kind === 'failed' ? answer.why : `nothing came within ${times.admin} ms`);
    return answer;
  }

  async function askNow(question: Question): Promise<Answered> {
    if (closed) return { kind: 'failed', why: 'we are closing' };
    current = askAdmin({ address, security }, question, limits);
    const answer = await current.answer;
    current = null;
    return answer;
  }

  function failed(lines: readonly string[], why: string): Answered {
    log(
      'warn',
      `Gearman server ${address.text} gave no answer to the admin line ${printable(lines.join(', '))}: ${why}`,
    );
    return { kind: 'failed', why };
  }

  async function table<Entry>(
    command: string,
    parse: (line: string) => Entry | null,
  ): Promise<Entry[] | null> {
    const found: Entry[] = [];
    const { kind } = await ask([command], (text) => {
      if (text === '.') return true;
      const entry = parse(text);
      if (entry !== null) found.push(entry);
      return false;
    });
    return kind === 'answered' ? found : null;
  }

  return {
    async kind() {
      let kind: ServerKind = 'geard';
      // `status`, which both answer, ends the wait for a `version` that geard passes over.
      const { kind: outcome } = await ask(['version', 'status'], (text) => {
        if (/^OK [^\t]+$/.test(text)) kind = 'gearmand';
        return true;
      });
      return outcome === 'answered' ? kind : outcome === 'silent' ? 'silent' : null;
    },
    async waiting() {
      const entries = await table('status', parseStatusLine);
      return entries && new Map(entries);
    },
    async uniqueJobs() {
      const ids = await table('show unique jobs', (text) => text);
      return ids && new Set(ids);
    },
    jobs: () => table('show jobs', parseJobLine),
    async cancelJob(handle) {
      if (handleOf(Buffer.from(handle)) === null) return false;
      let isDone = false;
      await ask([`cancel job ${handle}`], (text) => {
        isDone = text.startsWith('OK');
        return true;
      });
      return isDone;
    },
    async close() {
      closed = true;
      current?.cancel();
      await line;
    },
  };
}

/** `name TAB total TAB running TAB workers`; a name may hold anything but a line's end. */
function parseStatusLine(text: string): [string, number] | null {
  const found = /^(?<name>.+)\t(?<total>\d{1,9})\t(?<running>\d{1,9})\t\d{1,9}$/.exec(text)?.groups;
  if (found === undefined) return null;
  const { name = '', total, running } = found;
  return [name, Math.max(0, Number(total) - Number(running))];
}

/** `handle TAB retries TAB ignored TAB queued`, as gearmand 1.1.20 prints it. */
function parseJobLine(text: string): ServerJob | null {
  const [handle, , ignored, queued] = text.split('\t');
  if (handle === undefined || queued === undefined || handleOf(Buffer.from(handle)) === null) return null;
  return { handle: handle as Handle, ignored: ignored !== '0' };
}
