// Answers and frames as they are on the wire, BUILDBOT.md sections 1, 2, 3 and 8: part of the suite of the gate's user.

import { expect } from 'chai';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Buildbot } from '../../../src/servers/buildbot.ts';
import { until } from '../../until.ts';
import { complete, forced, type Client } from './client.ts';

type Row = Record<string, unknown>;

interface Server {
  readonly buildbot: Pick<Buildbot, 'url' | 'users'>;
  readonly gate: Client;
}

interface Answer {
  readonly status: number;
  readonly body: Row;
}

const quick = 'Docs 3.x';
const asJson = { 'Content-Type': 'application/json' };

/** Declares the tests; `server` gives the server and a client of the gate's once they run. */
export function wireTests(server: () => Server): void {
  const ask = async (
    path: string,
    init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
  ): Promise<Answer> => {
    const answer = await fetch(`${server().buildbot.url}api/v2/${path}`, {
      ...init,
      headers: { Accept: 'application/json', ...init.headers },
      signal: AbortSignal.timeout(10_000),
    });
    return { status: answer.status, body: (await answer.json()) as Row };
  };
  const rows = async (path: string): Promise<readonly Row[]> => {
    const { body } = await ask(path);
    return body[/^[a-z]+/.exec(path.split('/').at(-1) ?? '')?.[0] ?? ''] as readonly Row[];
  };
  const built = async (): Promise<number> => {
    const { request } = await forced(server().gate.master, { builders: [quick] });
    const { builds } = await complete(server().gate.master, request);
    return builds[0]!.id;
  };
  const logIn = (user: 'gate' | 'dev'): Promise<Response> => {
    const { url, users } = server().buildbot;
    const basic = Buffer.from(`${user}:${users[user]}`).toString('base64');
    return fetch(`${url}auth/login`, { redirect: 'manual', headers: { Authorization: `Basic ${basic}` } });
  };
  const cookieOf = async (user: 'gate' | 'dev'): Promise<string> =>
    (await logIn(user)).headers.getSetCookie().at(-1)!.split(';')[0]!;

  it('refuses fields that are not there, and filters on fields that were not asked for', async () => {
    const strange = await ask('builds?field=nope');
    expect(strange).to.deep.equal({ status: 400, body: { error: "no such field 'nope'" } });
    const hidden = await ask('builds?field=number&buildid__gt=1');
    expect(hidden).to.deep.equal({ status: 400, body: { error: 'cannot filter on un-selected fields' } });
  });

  it('ignores filters that it does not know, and a plain one that is repeated', async () => {
    const [one, two] = [await built(), await built()];
    const ids = async (query: string) => (await rows(`builds?${query}`)).map(({ buildid }) => buildid);
    const all = await ids('');
    expect(await ids('nope__eq=1')).to.deep.equal(all);
    expect(await ids(`buildrequestid=${one}&buildrequestid=${two}`)).to.deep.equal(all);
    expect(await ids(`buildid__in=${one}&buildid__in=${two}`)).to.have.members([one, two]);
    expect(await ids('order=-buildid&limit=1')).to.deep.equal([Math.max(...(all as number[]))]);
  });

  it('answers 404 for a path, an object and a log that are not there', async () => {
    expect(await ask('nope')).to.deep.equal({ status: 404, body: { error: 'Invalid path: nope' } });
    for (const path of ['builds/999999', 'forceschedulers/nope', 'buildsets/999999']) {
      const { status, body } = await ask(path);
      expect(status, path).to.equal(404);
      expect(body['error'], path).to.match(/^not found/);
    }
    expect(await rows('builds/999999/steps')).to.deep.equal([]);
  });

  it('gives the lines of a log by offset and limit: none past the end, none of none', async () => {
    const steps = await rows(`builds/${await built()}/steps`);
    const test = steps.find(({ name }) => name === 'test');
    const [log] = await rows(`steps/${String(test!['stepid'])}/logs`);
    expect(log).to.include({ slug: 'stdio', type: 's', complete: true });
    const contents = (query: string) => ask(`logs/${String(log!['logid'])}/contents?${query}`);
    const first = (await contents('offset=0&limit=1')).body['logchunks'] as readonly Row[];
    expect(first[0]!['content']).to.match(/^h[^\n]*\n$/);
    const beyond = (await contents('offset=100000&limit=3')).body['logchunks'] as readonly Row[];
    expect(beyond[0]).to.include({ content: '', firstline: 100_000 });
    expect((await contents('offset=0&limit=0')).status).to.equal(404);
    expect((await contents('offset=100000')).status).to.equal(404);
  });

  it('says -1 for the results of a request and null for those of a build that is not complete', async () => {
    const fields = { duration: '60' };
    const { request } = await forced(server().gate.master, { builders: [quick], scenario: 'slow', fields });
    const build = await until(async () => (await rows(`buildrequests/${request}/builds`))[0], {
      ...{ within: 20_000, what: 'the build to begin' },
    });
    expect((await rows(`buildrequests?buildrequestid=${request}`))[0]).to.include({
      results: -1,
      complete: false,
    });
    expect(build).to.include({ results: null, complete: false, complete_at: null });
    await server().gate.master.cancel(request, 'seen enough');
    await complete(server().gate.master, request);
  });

  it('gives two cookies of one name at a login, and none for a wrong password', async () => {
    const answer = await logIn('gate');
    expect(answer.status).to.equal(302);
    const names = answer.headers.getSetCookie().map((cookie) => cookie.split('=')[0]);
    expect(names).to.deep.equal(['TWISTED_SESSION', 'TWISTED_SESSION']);
    expect((await fetch(`${server().buildbot.url}auth/login`)).status).to.equal(401);
  });

  describe('refuses a force call', () => {
    const call = { jsonrpc: '2.0', id: 1, method: 'force', params: { builderNames: ['No such 3.x'] } };
    const post = async (
      who: 'gate' | 'dev' | null,
      body: string,
      headers: Record<string, string> = asJson,
    ) => {
      const cookie: Record<string, string> = who === null ? {} : { Cookie: await cookieOf(who) };
      return ask('forceschedulers/gate', { method: 'POST', body, headers: { ...cookie, ...headers } });
    };
    const code = ({ status, body }: Answer) => [status, (body['error'] as Row)['code']];

    it('of nobody, and of a user without the role', async () => {
      for (const who of [null, 'dev'] as const) {
        const answer = await post(who, JSON.stringify(call));
        expect(code(answer)).to.deep.equal([403, -32600]);
        expect((answer.body['error'] as Row)['message']).to.match(/^you need to have role /);
      }
    });

    it('that is no JSON, lacks a key, or comes as another type', async () => {
      expect(code(await post('gate', '{'))).to.deep.equal([400, -32700]);
      expect(code(await post('gate', '{}'))).to.deep.equal([400, -32600]);
      const plain = { 'Content-Type': 'text/plain' };
      expect(code(await post('gate', JSON.stringify(call), plain))).to.deep.equal([400, -32600]);
    });

    it('from a page of another server, in a shape of its own', async () => {
      const answer = await post('gate', JSON.stringify(call), {
        ...asJson,
        Origin: 'http://elsewhere.invalid',
      });
      expect(answer).to.deep.equal({ status: 400, body: { error: { message: 'invalid origin' } } });
    });

    it('for builders that it does not have, with 500', async () => {
      expect(code(await post('gate', JSON.stringify(call)))).to.deep.equal([500, -32603]);
    });
  });

  describe('by WebSocket', () => {
    const talk = async (
      commands: readonly unknown[],
      also?: (heard: readonly Row[]) => Promise<void>,
    ): Promise<readonly Row[]> => {
      const socket = new WebSocket(`${server().buildbot.url.replace('http', 'ws')}ws`);
      await once(socket, 'open');
      const frames: Row[] = [];
      socket.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString()) as Row));
      for (const command of commands) socket.send(JSON.stringify(command));
      const answers = () => frames.filter((frame) => '_id' in frame).length;
      await until(() => answers() === commands.length, {
        within: 5_000,
        what: 'every command to be answered',
      });
      await also?.(frames);
      socket.terminate();
      return frames;
    };

    it('answers pings and says what is wrong with a command', async () => {
      const frames = await talk([
        { _id: 1, cmd: 'nope' },
        { cmd: 'ping' },
        { _id: 2, cmd: 'ping' },
        { _id: 3, cmd: 'stopConsuming', path: 'x' },
        { _id: 4, cmd: 'startConsuming', path: 7 },
        { _id: 5, cmd: 'startConsuming', path: 'names/*/nothing' },
      ]);
      expect(frames.map(({ _id: id, code }) => [id, code])).to.deep.equal([
        ...[
          [1, 404],
          [null, 400],
          [2, 200],
          [3, 400],
          [4, 400],
          [5, 200],
        ],
      ]);
    });

    it('tells of a build in the order in which it comes and goes', async () => {
      const paths = ['buildsets/*/*', 'buildrequests/*/*', 'builds/*/new', 'builds/*/finished', 'steps/*/*'];
      const commands = paths.map((path, at) => ({ _id: at + 1, cmd: 'startConsuming', path }));
      const frames = await talk(commands, async (heard) => {
        await built();
        await until(() => heard.some(({ k }) => /^buildsets\/\d+\/complete$/.test(String(k))), {
          ...{ within: 10_000, what: 'the set to be complete, milliseconds after its last request' },
        });
      });
      const keys = frames.flatMap(({ k }) => (typeof k === 'string' ? [k.replace(/\/\d+\//, '/N/')] : []));
      const order = ['buildsets/N/new', 'buildrequests/N/new', 'buildrequests/N/claimed', 'steps/N/started'];
      const end = ['builds/N/finished', 'buildrequests/N/complete', 'buildsets/N/complete'];
      const firsts = [...order, 'builds/N/new', ...end].map((key) => keys.indexOf(key));
      expect(firsts).to.not.include(-1);
      expect(firsts).to.deep.equal(firsts.toSorted((one, other) => one - other));
    });
  });
}
