// Failures over time on the web: the page, the documents, and queries that are wrong.

import { expect } from 'chai';
import { createWeb, type Web } from '../../../src/web/web.ts';
import { ask } from './ask.ts';
import { flake, report, unclassified } from './flakes-sample.ts';
import { createPort, type Port } from './port.ts';

const silent = { info: () => undefined, warn: () => undefined };
const day = 86_400_000;

describe('failures over time on the web', () => {
  let port: Port;
  let web: Web;
  let tcp: string;
  beforeEach(async () => {
    port = createPort([]);
    const listen = { host: '127.0.0.1', port: 0 };
    web = await createWeb({ ...port, listen, socketPath: null, publicUrl: 'https://gate/', log: silent });
    tcp = web.address().tcp!;
  });
  afterEach(() => web.close());

  it('are given as documents', async () => {
    const read = async (path: string): Promise<unknown> =>
      JSON.parse((await ask(tcp, `/api/v1/flakes${path}`)).text);

    expect(await read('?since=2w&branch=main&top=3')).to.deep.equal(report);
    expect(port.asked.at(-1)?.about).to.include({ window: 14 * day, branch: 'main', top: 3 });
    expect(await read('/show?name=FLK-1')).to.deep.equal(flake);
    expect(await read('/unclassified?worker=debian-1')).to.deep.equal(unclassified);
    expect(port.asked.at(-1)?.about).to.include({ window: 14 * day, worker: 'debian-1' });
    expect(await read('/search?text=%3D&since=1h')).to.deep.equal({
      failures: flake.failures,
      complete: false,
    });
    expect(await read('/past?since=90d&before=17')).to.deep.equal({ failures: [], next: null });
    expect(port.asked.at(-1)?.about).to.deep.equal({ window: 90 * day, before: 17 });
    expect((await ask(tcp, '/api/v1/flakes/show?name=nothing')).status).to.equal(404);
  });

  it('are refused with a sentence where the query is wrong', async () => {
    for (const [path, word] of [
      ['/api/v1/flakes?since=14', 'since: expected a time'],
      ['/api/v1/flakes?since=0d', 'since: expected a time'],
      ['/api/v1/flakes?since=99999d', 'since: expected a time'],
      ['/api/v1/flakes?top=0', 'top: expected a whole number from 1 to 1000'],
      ['/api/v1/flakes/show', 'name: it is missing'],
      ['/api/v1/flakes/search?text=', 'text: it is missing'],
      ['/api/v1/flakes/past?before=x', 'before: expected'],
    ] as const) {
      const { status, text } = await ask(tcp, path);
      expect([status, text], path).to.satisfy(
        ([code, body]: [number, string]) => code === 400 && body.includes(word),
      );
    }
    expect((await ask(tcp, '/flakes?since=x')).status).to.equal(400);
  });

  it('are a page that is whole without JavaScript, on which nothing that a build wrote is markup', async () => {
    const { status, text, headers } = await ask(tcp, '/flakes?branch=main');

    expect(status).to.equal(200);
    expect(headers['content-security-policy']).to.contain("default-src 'none'");
    expect(text).not.to.contain('<script');
    expect(text).to.contain('=cmd|&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).to.contain('75 % (3 of 4, 30 % to 95 %)');
    expect(text).to.contain('7 more are not shown.');
    // Each builder, worker and branch leads to its own report, and the way back is there.
    expect(text).to.contain('href="flakes?since=14d&amp;branch=main&amp;builder=AMD64+Debian+3.x"');
    expect(text).to.contain('href="flakes?since=14d"');
    expect(text).to.contain('href="flakes?since=90d&amp;branch=main"');
  });

  it('name regressions, workers to blame and lists to change on the page', async () => {
    const text = (await ask(tcp, '/flakes')).text.replace(/\s+/g, ' ');

    expect(text).to.match(/<strong>FLK-1<\/strong> excuses nothing now, its rate jumped \(main, since <time/);
    expect(text).to.contain(
      '<strong>debian-1</strong> (linux) to blame: disk-full: debian-1 failed 6 of 8, its siblings 3 of 112',
    );
    expect(text).to.contain('cannot separate worker from platform freebsd');
    expect(text).to.contain('<dd>312 s (median of 7)</dd>');
    expect(text).to.contain('Proposed: <strong>debian-1</strong> to fleet.unstable');
  });
});
