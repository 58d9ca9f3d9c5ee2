// A master's own words, names of builders, workers, steps, states, logs and properties, may be as hostile as what a build prints.
// They decide nothing, and reach people escaped and cut, or not at all.

import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { startBuildbot, type Buildbot } from '../../src/servers/buildbot.ts';
import { startGearmand, type Gearmand } from '../../src/servers/gearmand.ts';
import { startBrowser, type Browser } from '../contract/web/browser.ts';
import { connectGearmanClient, type GearmanClient, type SubmittedJob } from '../gearman-client.ts';
import { until } from '../until.ts';
import { gearbridge } from './command-line.ts';
import { endOf, summaryOf } from './ending.ts';
import { expectCleanPage, expectNoControls, expectShownEscaped } from './escaped.ts';
import { change, commitOf, makeGate, type Gate } from './gate.ts';

interface Hostile {
  readonly builders: readonly { readonly name: string; readonly worker: string }[];
}

const texts = new URL('../../src/servers/buildbot/hostile.json', import.meta.url);
/** Bytes: three builders, each with a text of 100 KB in three steps and a property. */
const most = 64 * 1024;

/** Every string that a reader of the document gets, names included. */
function strings(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(strings);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...strings(inner)]);
}

function expectFitDocument(json: string, where: string): void {
  expect(Buffer.byteLength(json), where).to.be.below(most);
  for (const text of strings(JSON.parse(json))) expectNoControls(text, where);
}

describe('a master with hostile names', function () {
  this.timeout(120_000);
  let hostile: Hostile;
  let buildbot: Buildbot;
  let gearmand: Gearmand;
  let gate: Gate;
  let client: GearmanClient;
  let browser: Browser;

  before(async () => {
    [hostile, buildbot, gearmand, browser] = await Promise.all([
      readFile(texts, 'utf8').then((text) => JSON.parse(text) as Hostile),
      startBuildbot({ hostile: true }),
      startGearmand(),
      startBrowser({ javascript: true }),
    ]);
    const jobs = `
  - { name: hostile, project: cpython, builders: { tags: [hostile] }, policy: gate, result_text: explained }`;
    gate = await makeGate({ buildbot, gearman: [gearmand.address], jobs, policy: '{ retries: 0 }' });
    await gate.start();
    await gate.ready();
    client = await connectGearmanClient(gearmand.port);
    await buildbot.scenarios({
      duration: 4,
      by_revision: {
        [commitOf('red')]: 'fail-new',
        [commitOf('liar')]: 'warnings',
        [commitOf('slow')]: 'slow',
      },
    });
  });

  after(async () => {
    client.close();
    await browser.close();
    await gate.close();
    await Promise.all([buildbot.stop(), gearmand.stop()]);
  });

  /** Looks at all that the gatekeeper and a reader of pages and documents get to see of the job. */
  async function expectHarmless(job: SubmittedJob): Promise<void> {
    const sent = job.packets.filter(({ name }) => name === 'WORK_DATA').map(({ body }) => body.toString());
    expect(sent).not.to.deep.equal([]);
    for (const data of sent) expectFitDocument(data, 'WORK_DATA');
    expectNoControls(String(job.build.result), 'the result');
    const documents = ['api/v1/status', 'api/v1/jobs', `api/v1/jobs/${job.unique}`];
    for (const path of [...documents, `api/v1/jobs/${job.unique}/logs`])
      expectFitDocument((await gate.get(path)).body, path);
    for (const path of ['', `jobs/${job.unique}`, 'metrics', 'readyz']) {
      const { body } = await gate.get(path);
      expectCleanPage(body, path);
      expect(body.length, path).to.be.below(2 * most);
    }
  }

  async function expectFitToPrint(...words: readonly string[]): Promise<void> {
    const { stdout, stderr } = await gearbridge(gate, ...words);
    expectNoControls(stdout + stderr, words.join(' '));
    expect((stdout + stderr).length, words.join(' ')).to.be.below(most);
  }

  it('passes a change that each builder proved, and shows their names escaped', async () => {
    const job = await client.submit('build:hostile', change('green'));
    expect(await endOf(gate, job), summaryOf(job)).to.equal('SUCCESS');
    await expectHarmless(job);
    const submit = [
      'jobs',
      'submit',
      '--job',
      'hostile',
      '--branch',
      'main',
      '--revision',
      commitOf('green'),
    ];
    const [shown] = await Promise.all([
      expectShownEscaped(gate, job.unique),
      expectFitToPrint('status'),
      expectFitToPrint('jobs', 'watch', job.unique),
      expectFitToPrint('--json', 'jobs', 'show', job.unique),
      expectFitToPrint(...submit, '--param', 'ZUUL_URL=https://git.example.org', '--dry-run'),
    ]);
    expect(shown)
      .to.include('&lt;script&gt;alert(1)&lt;/script&gt;')
      .and.to.include('\\u{202e}green')
      .and.to.include('../../etc/passwd')
      .and.to.include('中文 👾');
    const { builders } = await gate.job(job.unique);
    expect(builders).to.have.lengthOf(hostile.builders.length);
  });

  it('fails a change that breaks a test, and says where on one line that is fit to print', async () => {
    const job = await client.submit('build:hostile', change('red'));
    expect(await endOf(gate, job)).to.match(/^FAILURE \(.+\)$/);
    await expectHarmless(job);
    expect(summaryOf(job)).to.include('0 of 3 voting builders passed');
  });

  it('never passes builds that claim another revision, whatever they call it', async () => {
    const job = await client.submit('build:hostile', change('liar'));
    expect(await endOf(gate, job)).to.match(/^INFRA_FAILURE/);
    await expectHarmless(job);
  });

  it('shows such names in a browser as text, also where the page changes while it is read', async () => {
    const text = async (): Promise<string> =>
      String(await browser.evaluate('return document.body.innerText'));
    const foreign = `return [...document.querySelectorAll('img, svg, b, iframe, script:not([src]), a[href^="javascript" i]')]
      .map((element) => element.outerHTML.slice(0, 200))`;
    const job = await client.submit('build:hostile', change('slow'));
    await job.packet('WORK_DATA', 30_000);
    await browser.open(`${gate.web}jobs/${job.unique}`);
    await until(async () => (await text()).includes('live'), { within: 10_000, what: 'the live feed' });
    await browser.evaluate('window.loadedOnce = true');
    expect(await endOf(gate, job), summaryOf(job)).to.equal('SUCCESS');
    await until(async () => (await text()).includes('SUCCESS'), { within: 10_000, what: 'the verdict' });
    expect(await browser.evaluate('return window.loadedOnce')).to.equal(true);
    expect(await browser.evaluate(foreign)).to.deep.equal([]);
    expect(await text()).to.include('<script>alert(1)</script><img src=x onerror=alert(1)>');
    expectNoControls(await text(), 'the page as it is read');

    await browser.open(gate.web);
    await until(async () => (await text()).includes('live'), { within: 10_000, what: 'the live feed' });
    expect(await browser.evaluate(foreign)).to.deep.equal([]);
    expect(await browser.complaints()).to.deep.equal([]);
  });
});
