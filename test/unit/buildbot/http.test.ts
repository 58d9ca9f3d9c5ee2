import { expect } from 'chai';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { BuildbotError } from '../../../src/buildbot/buildbot-error.ts';
import { until } from '../../until.ts';
import { clientOf, json, refusal, startLyingMaster } from './lying-master.ts';
import type { Client, LyingMaster } from './lying-master.ts';

/** A port on which nobody listens: one that was just given back. */
async function deadPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('an HTTP exchange with a master', () => {
  let liar: LyingMaster;
  let client: Client;
  beforeEach(async () => {
    liar = await startLyingMaster((_, response) => json(response, { buildsets: [] }));
    client = clientOf(liar.url);
  });
  afterEach(async () => {
    await client.master.close();
    await liar.close();
  });

  const read = async (): Promise<BuildbotError> => await refusal(client.master.newestBuildset());

  it('asks for JSON', async () => {
    await client.master.newestBuildset();
    expect(liar.seen[0]!.headers.accept).to.equal('application/json');
    expect(liar.seen[0]!.url).to.equal('/api/v2/buildsets?field=bsid&order=-bsid&limit=1');
  });

  it('keeps the path prefix of a master behind a proxy', async () => {
    const behind = clientOf(`${liar.url}all`);
    await behind.master.newestBuildset();
    await behind.master.close();
    expect(liar.seen[0]!.url).to.match(/^\/all\/api\/v2\/buildsets\?/);
  });

  it('gives up on a body that comes a byte at a time, at the deadline of the whole call', async () => {
    liar.answer((_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    });
    const error = await read();
    expect(error.fault).to.equal('timeout');
    expect(error.retry).to.equal('transient');
    expect(error.message).to.include('GET api/v2/buildsets').and.to.include('within 500 ms');
    await until(() => liar.connections() === 0, { within: 2000, what: 'the connection to be torn down' });
  });

  it('gives up on an answer that never begins', async () => {
    liar.answer(() => undefined);
    expect((await read()).fault).to.equal('timeout');
  });

  it('reads an endless body no further than its bound', async () => {
    let written = 0;
    liar.answer((_, response) => {
      const block = Buffer.alloc(256 * 1024, 'x');
      const pour = (): void => {
        while (!response.destroyed) {
          written += block.length;
          if (!response.write(block)) {
            response.once('drain', pour);
            return;
          }
        }
      };
      pour();
    });
    client = clientOf(liar.url, { deadlines: { read: 10_000 } });
    const error = await read();
    expect(error.fault).to.equal('too-large');
    await until(() => liar.connections() === 0, { within: 2000, what: 'the connection to be torn down' });
    // The bound, and what the kernel's buffers of both sides hold.
    expect(written).to.be.lessThan(24 * 1024 * 1024);
  });

  it('calls a body that ends early cut, after asking once more', async () => {
    liar.answer((_, response) => {
      response.writeHead(200, { 'Content-Length': '1000' });
      response.write('{"buildsets":[');
      setImmediate(() => response.destroy());
    });
    const error = await read();
    expect(error.fault).to.equal('cut');
    expect(error.sent).to.equal(true);
    expect(liar.seen).to.have.length(2);
  });

  it('asks once more when a kept connection was closed at that moment', async () => {
    let calls = 0;
    liar.answer((_, response) => {
      calls += 1;
      if (calls === 1) response.destroy();
      else json(response, { buildsets: [{ bsid: 7 }] });
    });
    expect(await client.master.newestBuildset()).to.equal(7);
  });

  it('asks for an end once more when a kept connection was closed at that moment', async () => {
    let calls = 0;
    liar.answer((_, response) => {
      calls += 1;
      if (calls === 1) response.destroy();
      else json(response, { result: null });
    });
    expect(await client.master.cancel(1 as never, 'enough')).to.equal('asked');
  });

  it('follows no redirect and says where the master points', async () => {
    liar.answer((_, response) => {
      response.writeHead(302, { Location: 'https://elsewhere.example/login' });
      response.end();
    });
    const error = await read();
    expect(error.retry).to.equal('permanent');
    expect(error.status).to.equal(302);
    expect(error.message).to.include('https://elsewhere.example/login');
    expect(liar.seen).to.have.length(1);
  });

  it('says that a master cannot be reached, and that nothing was sent', async () => {
    const alone = clientOf(`http://127.0.0.1:${await deadPort()}/`);
    const error = await refusal(alone.master.newestBuildset());
    await alone.master.close();
    expect(error.fault).to.equal('unreachable');
    expect(error.sent).to.equal(false);
    expect(error.message).to.include('buildbot.url');
  });

  it('sends no force call for whose answer there is no time left (rule 4.2)', async () => {
    liar.answer(() => undefined);
    client = clientOf(liar.url, { deadlines: { force: 400 } });
    const call = { builders: ['a'], marker: 'm', fields: {} };
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => client.master.force(call)));
    const kinds = outcomes.map((outcome) => outcome.kind);
    expect(kinds.filter((kind) => kind === 'unclear')).to.have.length(3);
    expect(kinds.filter((kind) => kind === 'not-sent')).to.have.length(7);
    expect(liar.seen.filter((seen) => seen.method === 'POST')).to.have.length(3);
  });

  it('makes at most eight calls at once, on few connections more, whatever is asked at once', async () => {
    let [underWay, most] = [0, 0];
    liar.answer((seen, response) => {
      most = Math.max(most, (underWay += 1));
      setImmediate(() => {
        underWay -= 1;
        json(response, seen.method === 'POST' ? { result: null } : { buildsets: [] });
      });
    });
    client = clientOf(liar.url, { deadlines: { read: 15_000, control: 15_000, force: 15_000 } });
    const reads = Array.from({ length: 60 }, () => client.master.newestBuildset());
    const stops = Array.from({ length: 60 }, (_, n) => client.master.stop((n + 1) as never, 'enough'));
    const call = { builders: ['a'], marker: 'm', fields: {} };
    const forces = Array.from({ length: 60 }, () => client.master.force(call));
    await Promise.all([...reads, ...stops, ...forces]);
    expect(liar.seen.length).to.be.at.least(180);
    expect(most).to.be.at.most(8);
    // One for the ends may idle, and that of a force call, which is its own, may be closing, while others are used.
    expect(liar.mostConnections()).to.be.at.most(10);
  });

  it('does not let slow reads hold up a stop', async () => {
    liar.answer((seen, response) => {
      if (seen.method === 'POST') json(response, { result: null });
    });
    client = clientOf(liar.url, { deadlines: { read: 3_000 } });
    const reads = Array.from({ length: 20 }, () => client.master.newestBuildset());
    const settled = Promise.allSettled(reads);
    expect(await client.master.stop(1 as never, 'enough')).to.equal('asked');
    expect(client.calls.filter(({ verb }) => verb === 'newest-buildset')).to.have.length(0);
    await settled;
  });

  it('does not let a burst of stops hold up a force call (rule 8.2)', async () => {
    const stops: (() => void)[] = [];
    liar.answer((seen, response) => {
      if (seen.url.includes('forceschedulers')) json(response, { error: { message: 'no' } }, 400);
      else stops.push(() => json(response, { result: null }));
    });
    client = clientOf(liar.url, { deadlines: { control: 15_000, force: 15_000 } });
    const asked = Array.from({ length: 50 }, (_, n) => client.master.stop((n + 1) as never, 'enough'));
    await until(() => stops.length > 0, { within: 5_000, what: 'the stops to come' });
    const { kind } = await client.master.force({ builders: ['a'], marker: 'm', fields: {} });
    expect(kind).to.equal('not-ready');
    expect(stops.length).to.be.below(4);
    await until(
      () => {
        for (const answer of stops.splice(0)) answer();
        return client.calls.filter(({ verb }) => verb === 'stop').length === 50;
      },
      { within: 10_000, what: 'the stops to end' },
    );
    expect(await Promise.all(asked)).to.deep.equal(asked.map(() => 'asked'));
  });

  it('reports each call with its verb and outcome', async () => {
    await client.master.newestBuildset();
    liar.answer((_, response) => json(response, { error: 'no' }, 404));
    await read();
    liar.answer(() => undefined);
    await read();
    expect(client.calls.map(({ verb, outcome }) => `${verb} ${outcome}`)).to.deep.equal([
      'newest-buildset ok',
      'newest-buildset http-404',
      'newest-buildset timeout',
    ]);
    expect(client.calls[2]!.ms).to.be.at.least(450);
  });

  it('ends what is under way when it is closed, and takes nothing more', async () => {
    liar.answer(() => undefined);
    const pending = refusal(client.master.newestBuildset());
    await until(() => liar.seen.length === 1, { within: 2000, what: 'the call to arrive' });
    await client.master.close();
    expect((await pending).fault).to.equal('closed');
    expect((await read()).fault).to.equal('closed');
  });

  it('refuses an address that is none', () => {
    expect(() => clientOf('ftp://127.0.0.1/')).to.throw(TypeError, 'buildbot.url');
  });
});

describe('an answer that says nothing usable', () => {
  let liar: LyingMaster;
  let client: Client;
  before(async () => {
    liar = await startLyingMaster((_, response) => response.end());
    client = clientOf(liar.url);
  });
  after(async () => {
    await client.master.close();
    await liar.close();
  });

  const lies: readonly (readonly [string, number, string])[] = [
    ['an empty body', 200, ''],
    ['truncated JSON', 200, '{"buildsets":[{"bsid":1'],
    ['a page', 200, '<html><h1>Bad gateway\u001b[31m</h1></html>'],
    ['a list', 200, '[]'],
    ['null', 200, 'null'],
    ['no such key', 200, '{"builds":[]}'],
    ['a list of numbers', 200, '{"buildsets":[1]}'],
    ['a text for a number', 200, '{"buildsets":[{"bsid":"1"}]}'],
    ['a fraction', 200, '{"buildsets":[{"bsid":1.5}]}'],
    ['a number out of all bounds', 200, '{"buildsets":[{"bsid":1e999}]}'],
    ['a negative id', 200, '{"buildsets":[{"bsid":-1}]}'],
    ['an inherited name', 200, '{"__proto__":{"buildsets":[]}}'],
    ['a page with 502', 502, '<html>502 Bad Gateway</html>'],
    ['a page with 404', 404, '<html>no backend</html>'],
    ['too many requests', 429, '{"error":"slow down"}'],
  ];
  for (const [name, status, body] of lies) {
    it(`is a transient error that names method, path and status: ${name}`, async () => {
      liar.answer((_, response) => {
        response.writeHead(status);
        response.end(body);
      });
      const error = await refusal(client.master.newestBuildset());
      expect(error.retry).to.equal('transient');
      expect(error.status).to.equal(status);
      expect(error.message).to.match(/^Buildbot: GET api\/v2\/buildsets\?\S+ answered \d+: \S/);
      expect(error.message).to.not.match(/[\p{Cc}]/u);
    });
  }

  it('is a permanent error where Buildbot itself says that there is no such thing', async () => {
    liar.answer((_, response) => json(response, { error: 'not found while getting builds/1' }, 404));
    expect((await refusal(client.master.build(1 as never))).retry).to.equal('permanent');
  });
});
