// As little of Buildbot's REST interface as these tests need, on plain fetch.

import type { Buildbot } from '../../../src/servers/buildbot.ts';
import { until } from '../../until.ts';

export type Row = Readonly<Record<string, unknown>>;

export interface Session {
  /** POSTs a JSON-RPC call; gives the HTTP status and the parsed body. */
  call(path: string, method: string, params: Row): Promise<{ status: number; body: Row }>;
  /** Forces one builder through the scheduler `gate`; gives the request's id. */
  force(builder: string, fields: Readonly<Record<string, string>>): Promise<number>;
  /** The rows of a GET answer. */
  rows(path: string): Promise<readonly Row[]>;
  /** Waits for the end of the newest build of a request. */
  finished(request: number): Promise<Build>;
}

export interface Build {
  readonly id: number;
  readonly results: number;
  readonly revision: unknown;
  /** Results of the steps by name; a step that was not reached is not there. */
  readonly steps: Readonly<Record<string, unknown>>;
  /** The log of a step, prefixes and all. */
  log(step: string): Promise<string>;
}

const deadline = (): AbortSignal => AbortSignal.timeout(10_000);

/** Logs in; `null`: nobody. */
export async function session(buildbot: Buildbot, user: 'gate' | 'dev' | 'admin' | null): Promise<Session> {
  const cookie = user === null ? '' : await login(buildbot, user);
  const call: Session['call'] = async (path, method, params) => {
    const answer = await fetch(`${buildbot.api}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      signal: deadline(),
    });
    return { status: answer.status, body: (await answer.json()) as Row };
  };
  const rows: Session['rows'] = async (path) => {
    const answer = await fetch(`${buildbot.api}/${path}`, { signal: deadline() });
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    const body = (await answer.json()) as Record<string, Row[]>;
    return Object.entries(body).find(([name]) => name !== 'meta')?.[1] ?? [];
  };
  return {
    call,
    rows,
    force: async (builder, fields) => {
      const params = { builderNames: [builder], ...fields };
      const { status, body } = await call('forceschedulers/gate', 'force', params);
      if (status !== 200) throw new Error(`force of ${builder}: ${status} ${JSON.stringify(body)}`);
      const [, requests] = body['result'] as [number, Record<string, number>];
      return Object.values(requests)[0]!;
    },
    finished: (request) => finished(rows, request),
  };
}

async function login(buildbot: Buildbot, user: 'gate' | 'dev' | 'admin'): Promise<string> {
  const basic = Buffer.from(`${user}:${buildbot.users[user]}`).toString('base64');
  const answer = await fetch(`${buildbot.url}auth/login`, {
    headers: { authorization: `Basic ${basic}` },
    redirect: 'manual',
    signal: deadline(),
  });
  await answer.arrayBuffer();
  // Two of one name: anonymous first, the user second.
  return answer.headers.getSetCookie().at(-1)!.split(';')[0]!;
}

async function finished(rows: Session['rows'], request: number): Promise<Build> {
  const row = await until(
    async () => {
      const builds = await rows(`buildrequests/${request}/builds?property=got_revision`);
      return builds.find((build) => build['complete'] === true);
    },
    { within: 30_000, what: `the build of request ${request} to end` },
  );
  const id = row['buildid'] as number;
  const steps = await rows(`builds/${id}/steps`);
  const properties = row['properties'] as Record<string, [unknown, string] | undefined>;
  return {
    id,
    results: row['results'] as number,
    revision: properties['got_revision']?.[0],
    steps: Object.fromEntries<unknown>(steps.map((step) => [String(step['name']), step['results']])),
    log: async (step) => {
      const chunks = await rows(`builds/${id}/steps/${step}/logs/stdio/contents`);
      return chunks.map((chunk) => String(chunk['content'])).join('');
    },
  };
}
