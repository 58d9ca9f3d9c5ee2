// The pages in a real browser: live without being loaded again, whole without JavaScript, and inside their own policy.

import { expect } from 'chai';
import type { JobView } from '../../../src/views/document.ts';
import { jobView } from '../../../src/views/job-view.ts';
import { createWeb, type Web } from '../../../src/web/web.ts';
import { until } from '../../until.ts';
import {
  attempt,
  build,
  context,
  debian,
  rawhide,
  received,
  startedRun,
  step,
  windows,
} from '../../unit/views/sample.ts';
import { createPort, type Port } from '../../unit/web/port.ts';
import { startBrowser, type Browser } from './browser.ts';

const number = '0a1b2c3d';
const silent = { info: () => undefined, warn: () => undefined };
const failed = {
  logs: [
    {
      builder: debian,
      build_url: 'https://buildbot.example.org/#/builders/4/builds/3',
      step: 'test',
      log: 'stdio',
      lines: [
        '======================================================================',
        'FAIL: test_connect (test.test_ssl.NetworkedTests.test_connect)',
        '----------------------------------------------------------------------',
        'Traceback (most recent call last):',
        '  File "/home/buildbot/cpython/Lib/test/test_ssl.py", line 2041, in test_connect',
        '    self.assertEqual({}, s.getpeercert())',
        'AssertionError: {} != {"subject": "<script>document.title=1</script>"}',
        '1 test failed: test_ssl',
      ],
    },
  ],
  troubles: [],
};

function running(): JobView {
  const steps = [step('checkout', 0), step('compile', 0), step('test', null)];
  const run = startedRun([
    attempt(debian, { state: 'running', builds: [build(null, { steps })] }),
    attempt(windows, { state: 'queued' }),
    attempt(rawhide, { state: 'running', counts: 'advisory', builds: [build(null)] }),
  ]);
  return jobView(run, run.jobs[0]!, context());
}

function decided(): JobView {
  const steps = [step('checkout', 0), step('compile', 0), step('test', 2)];
  const lost = { kind: 'infrastructure', why: 'the worker was lost', checkoutFailed: false } as const;
  const run = startedRun([
    attempt(debian, {
      state: 'ended',
      outcome: { kind: 'failed', why: 'test step failed' },
      builds: [build(2, { steps })],
      endedAt: received + 95_000,
    }),
    attempt(windows, { state: 'ended', outcome: lost, builds: [build(4)], endedAt: received + 60_000 }),
    attempt(windows, {
      ordinal: 2,
      state: 'ended',
      outcome: { kind: 'passed' },
      builds: [build(0, { number: 9 })],
      endedAt: received + 120_000,
    }),
    attempt(rawhide, { state: 'running', counts: 'advisory', builds: [build(null)] }),
  ]);
  const view = jobView(run, run.jobs[0]!, context());
  return {
    ...view,
    state: 'finished',
    result: 'FAILURE',
    summary: 'test_ssl failed on AMD64 Debian 3.x; 1 of 2 voting builders passed',
    fault: 'change',
    waits_for: null,
    finished_at: '2026-03-04T05:09:07.000Z',
  };
}

describe('a page in a browser', function () {
  this.timeout(90_000);
  let browser: Browser;
  let port: Port;
  let web: Web;
  let root: string;

  async function start(javascript: boolean): Promise<void> {
    port = createPort([running()]);
    const listen = { host: '127.0.0.1', port: 0 };
    web = await createWeb({
      ...port,
      listen,
      socketPath: null,
      publicUrl: 'https://gate.example.org/',
      log: silent,
    });
    root = `http://${web.address().tcp!}`;
    browser = await startBrowser({ javascript });
  }
  afterEach(async () => {
    await browser.close();
    await web.close();
  });

  const text = async (): Promise<string> => String(await browser.evaluate('return document.body.innerText'));

  it('shows the verdict as it falls, without being loaded again, and keeps what the reader has opened', async () => {
    await start(true);
    await browser.open(`${root}/jobs/${number}`);
    await until(async () => (await text()).includes('live'), { within: 10_000, what: 'the live feed' });
    await browser.evaluate('window.loadedOnce = true');
    expect(await text()).to.contain('step test to finish');

    port.given.failed = failed;
    port.put(decided());
    await until(async () => (await text()).includes('FAILURE'), { within: 10_000, what: 'the verdict' });

    expect(await browser.evaluate('return window.loadedOnce')).to.equal(true);
    expect(await text()).to.contain('AssertionError: {} != {"subject": "<script>document.title=1</script>"}');
    const lines = await browser.evaluate(
      'return document.querySelector("pre").innerText.split("\\n").length',
    );
    expect(lines).to.equal(failed.logs[0]?.lines.length);
    expect(await browser.evaluate('return document.title')).to.match(/^FAILURE cpython-gate/);

    await browser.evaluate('document.querySelector("td details").open = true');
    port.put({ ...decided(), summary: 'said in other words' });
    await until(async () => (await text()).includes('said in other words'), {
      within: 10_000,
      what: 'the change',
    });
    expect(await browser.evaluate('return document.querySelector("td details").open')).to.equal(true);
    expect(await browser.complaints()).to.deep.equal([]);
  });

  it('lets time go by in what still runs', async () => {
    await start(true);
    const now = Date.now();
    const run = startedRun([attempt(debian, { state: 'running', sentAt: now, builds: [build(null)] })]);
    port.put(jobView(run, run.jobs[0]!, context({ now })));
    await browser.open(`${root}/jobs/${number}`);
    const shown = () => browser.evaluate('return document.querySelector("td [data-since]").textContent');
    const first = await shown();

    await until(async () => (await shown()) !== first, { within: 10_000, what: 'the next second' });
  });

  it('shows the list live, and leads from it to the job', async () => {
    await start(true);
    await browser.open(`${root}/`);
    await until(async () => (await text()).includes('live'), { within: 10_000, what: 'the live feed' });
    port.put({ ...decided(), number: 'second', name: 'other-gate' });
    await until(async () => (await text()).includes('other-gate'), { within: 10_000, what: 'the new job' });

    const to = String(await browser.evaluate('return document.querySelector("tbody a").href'));
    await browser.open(to);
    expect(await text()).to.contain('cpython-gate');
    expect(await browser.complaints()).to.deep.equal([]);
  });

  it('is whole with JavaScript off', async () => {
    await start(false);
    port.given.failed = failed;
    port.put(decided());
    await browser.open(`${root}/jobs/${number}`);

    // WebDriver's own scripts run all the same; the page's do not.
    expect(await text())
      .to.contain('FAILURE')
      .and.to.contain('1 test failed: test_ssl')
      .and.to.contain('AMD64 Windows');
    expect(await browser.evaluate('return document.getElementById("live").textContent')).to.equal('');
    expect(await browser.evaluate('return !!document.querySelector("meta[http-equiv=refresh]")')).to.equal(
      true,
    );
  });

  it('runs no script that is not its own', async () => {
    await start(true);
    await browser.open(`${root}/jobs/${number}`);

    const ran = await browser.evaluate(`
      const foreign = document.createElement('script');
      foreign.textContent = 'window.foreignRan = true';
      document.body.append(foreign);
      return window.foreignRan === true;`);

    expect(ran).to.equal(false);
    expect((await browser.complaints()).join('\n')).to.contain('Content Security Policy');
  });

  it('is as wide as a narrow screen', async () => {
    await start(true);
    port.given.failed = failed;
    port.put(decided());
    await browser.resize(500, 900);
    for (const path of ['/', `/jobs/${number}`]) {
      await browser.open(`${root}${path}`);
      const wider = 'return document.documentElement.scrollWidth - document.documentElement.clientWidth';
      expect(await browser.evaluate(wider), path).to.equal(0);
    }
  });
});
