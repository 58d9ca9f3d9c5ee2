// The live feed, listened to over real WebSockets.

import { expect } from 'chai';
import WebSocket from 'ws';
import { jobView } from '../../../src/views/job-view.ts';
import { mayListen, subscriptionOf } from '../../../src/web/subscription.ts';
import { createWeb, type Web } from '../../../src/web/web.ts';
import { until } from '../../until.ts';
import { context, sampleRun } from '../views/sample.ts';
import { createPort, type Port } from './port.ts';

const silent = { info: () => undefined, warn: () => undefined };
const number = '0a1b2c3d';

function job(summary = '') {
  const run = sampleRun();
  return { ...jobView(run, run.jobs[0]!, context()), summary };
}

describe('the live feed', () => {
  let port: Port;
  let web: Web;
  const open: WebSocket[] = [];

  beforeEach(async () => {
    port = createPort([job()]);
    const listen = { host: '127.0.0.1', port: 0 };
    web = await createWeb({
      ...port,
      listen,
      socketPath: null,
      publicUrl: 'https://gate.example.org/',
      log: silent,
    });
  });
  afterEach(async () => {
    for (const socket of open.splice(0)) socket.terminate();
    await web.close();
  });

  function listen(path: string, origin?: string) {
    const socket = new WebSocket(`ws://${web.address().tcp!}${path}`, origin === undefined ? {} : { origin });
    open.push(socket);
    const heard: Record<string, unknown>[] = [];
    const ended: (number | string)[] = [];
    socket.on('message', (data: Buffer) =>
      heard.push(JSON.parse(data.toString('utf8')) as Record<string, unknown>),
    );
    socket.on('close', (code) => ended.push(code));
    socket.on('error', (error) => ended.push(error.message));
    return { socket, heard, ended };
  }

  it('tells a job at once, and again after each change', async () => {
    const { heard } = listen(`/live?job=${number}`);
    await until(() => heard.length === 1, { within: 5_000, what: 'the first state' });
    port.put(job('changed'));
    await until(() => heard.length === 2, { within: 5_000, what: 'the change' });

    expect(heard[0]).to.have.nested.property('job.summary', '');
    expect(heard[1]).to.have.nested.property('job.summary', 'changed');
  });

  it('gathers a burst of changes into a few messages, the last of which is the newest state', async () => {
    const { heard } = listen(`/live?job=${number}`);
    await until(() => heard.length === 1, { within: 5_000, what: 'the first state' });
    for (let change = 1; change <= 500; change += 1) port.put(job(`change ${change}`));
    const newest = () => (heard.at(-1)?.['job'] as { summary: string } | undefined)?.summary === 'change 500';
    await until(newest, { within: 5_000, what: 'the newest state' });

    expect(heard.length).to.be.at.most(3);
  });

  it('tells the list of every job that changes, as JSON or as the contents of the page', async () => {
    const list = listen('/live');
    const page = listen('/live?as=html');
    await until(() => list.heard.length === 1 && page.heard.length === 1, { within: 5_000, what: 'both' });
    port.put({ ...job(), number: 'other' });
    await until(() => list.heard.length === 2 && page.heard.length === 2, {
      within: 5_000,
      what: 'both again',
    });

    expect(list.heard[1]).to.have.nested.property('jobs[1].number', 'other');
    expect(page.heard[1]?.['html']).to.contain('jobs/other');
  });

  it('says nothing of other jobs', async () => {
    const { heard } = listen(`/live?job=${number}`);
    const list = listen('/live');
    await until(() => heard.length === 1 && list.heard.length === 1, { within: 5_000, what: 'both' });
    port.put({ ...job(), number: 'other' });
    await until(() => list.heard.length === 2, { within: 5_000, what: 'the change in the list' });

    expect(heard).to.have.length(1);
  });

  it('closes on a job that is not known, and refuses what it does not serve', async () => {
    const unknown = listen('/live?job=none');
    const elsewhere = listen('/elsewhere');
    await until(() => unknown.ended.length > 0 && elsewhere.ended.length > 0, {
      within: 5_000,
      what: 'both ends',
    });

    expect(unknown.ended[0]).to.equal(4004);
    expect(elsewhere.ended[0]).to.contain('404');
  });

  it('refuses a page of another origin', async () => {
    const foreign = listen('/live', 'https://evil.example.net');
    const ours = listen('/live', 'https://gate.example.org');
    await until(() => foreign.ended.length > 0 && ours.heard.length === 1, {
      within: 5_000,
      what: 'both answers',
    });

    expect(foreign.ended[0]).to.contain('403');
    expect(mayListen('http://127.0.0.1:8077', '127.0.0.1:8077', 'https://gate.example.org/')).to.equal(true);
    expect(mayListen('null', '127.0.0.1:8077', 'https://gate.example.org/')).to.equal(false);
  });

  it('takes two hundred clients and no more', async () => {
    const many = Array.from({ length: 201 }, () => listen('/live'));
    const settled = () => many.every(({ heard, ended }) => heard.length + ended.length > 0);
    await until(settled, { within: 15_000, what: 'an answer to each' });

    expect(many.filter(({ ended }) => String(ended[0]).includes('503'))).to.have.length(1);
  });

  it('ends a client that sends large frames, and goes on', async () => {
    const loud = listen('/live');
    await until(() => loud.heard.length === 1, { within: 5_000, what: 'the list' });
    loud.socket.send('x'.repeat(100_000));
    await until(() => loud.ended.length > 0, { within: 5_000, what: 'its end' });
    const next = listen('/live');

    await until(() => next.heard.length === 1, { within: 5_000, what: 'the list for the next one' });
  });

  it('reads its address strictly', () => {
    expect(subscriptionOf('/live?job=a.b-1&as=json')).to.deep.equal({ job: 'a.b-1', as: 'json' });
    expect(subscriptionOf('/live')).to.deep.equal({ job: null, as: 'json' });
    expect(subscriptionOf('/live?job=../x')).to.equal(null);
    expect(subscriptionOf('/live?as=xml')).to.equal(null);
  });
});
