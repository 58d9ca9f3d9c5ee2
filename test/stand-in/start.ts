// Starts the stand-in: a process of its own, compiled, with the same face as a real master of src/servers.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Buildbot } from '../../src/servers/buildbot.ts';
import { compiledFile } from '../stories/compiled.ts';
import { until } from '../until.ts';
import type { FleetOptions } from './fleet.ts';
import type { Figures, Question, Said } from './main.ts';
import type { Steer } from './scenarios.ts';

export type { Figures } from './main.ts';

export interface StandIn extends Pick<Buildbot, 'url' | 'api' | 'ws' | 'users'> {
  readonly pid: number;
  /** What builds do that begin from now on. */
  scenarios(table: Steer): Promise<void>;
  figures(): Promise<Figures>;
  /** When the last build or request of each revision ended, by `performance.now()` of this process; null: there is none yet. */
  ends(revisions: readonly string[]): Promise<readonly (number | null)[]>;
  /** How many unfinished requests nobody asked for by id since a time by `performance.now()` of this process. */
  unseen(since: number): Promise<number>;
  /** How many requests of these revisions are not complete. */
  unfinished(revisions: readonly string[]): Promise<number>;
  stop(): Promise<void>;
}

type Asked = Question extends infer One ? (One extends Question ? Omit<One, 'id'> : never) : never;

/** Milliseconds for an answer: it may have thousands of builds to begin. */
const answersWithin = 10_000;

/** Resolves when it listens. */
export async function startStandIn(fleet: FleetOptions = {}): Promise<StandIn> {
  const child = fork(await compiledFile('test/stand-in/main.ts'), {
    env: { ...process.env, NODE_OPTIONS: '', STAND_IN_FLEET: JSON.stringify(fleet) },
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const answers = new Map<number, unknown>();
  let ready: Extract<Said, { kind: 'ready' }> | null = null;
  let last = 0;
  child.on('message', (said: Said) => {
    if (said.kind === 'ready') ready = said;
    else answers.set(said.id, said.value);
  });
  const ask = async (question: Asked): Promise<unknown> => {
    const id = (last += 1);
    child.send({ ...question, id });
    const what = `the stand-in to answer ${question.ask}`;
    await until(() => answers.has(id), { within: answersWithin, what });
    const value = answers.get(id);
    answers.delete(id);
    return value;
  };
  const here = Number(process.hrtime.bigint()) / 1e6 - performance.now();
  const { port, passwords } = await until(() => ready, { within: 20_000, what: 'the stand-in to listen' });
  return {
    ...{ pid: child.pid ?? 0, users: passwords, url: `http://127.0.0.1:${port}/` },
    ...{ api: `http://127.0.0.1:${port}/api/v2`, ws: `ws://127.0.0.1:${port}/ws` },
    scenarios: async (table) => {
      await ask({ ask: 'steer', table });
    },
    figures: async () => (await ask({ ask: 'figures' })) as Figures,
    async ends(revisions) {
      const times = (await ask({ ask: 'ends', revisions })) as readonly (number | null)[];
      return times.map((time) => (time === null ? null : time - here));
    },
    unseen: async (since) => Number(await ask({ ask: 'unseen', since: since + here })),
    unfinished: async (revisions) => Number(await ask({ ask: 'unfinished', revisions })),
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
