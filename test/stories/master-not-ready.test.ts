// A master that is away, refuses us or does not suit the gate is nobody's fault: jobs wait where they are, and everything that
// can be asked says why (RUNS.md 2.1, 4.8).

import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startBuildbot, type Buildbot } from '../../src/servers/buildbot.ts';
import { freePort } from '../../src/servers/free-port.ts';
import { startGearmand, type Gearmand } from '../../src/servers/gearmand.ts';
import { session, type Session } from '../contract/servers/force.ts';
import { startFaultProxy, type FaultProxy } from '../fault-proxy.ts';
import { connectGearmanClient, type GearmanClient } from '../gearman-client.ts';
import { until } from '../until.ts';
import { gearbridge } from './command-line.ts';
import { endOf, summaryOf } from './ending.ts';
import { change, commitOf, makeGate, type Gate, type GateOptions } from './gate.ts';

interface Readyz {
  readonly ready: boolean;
  readonly parts: readonly { readonly part: string; readonly level: string; readonly sentence: string }[];
}

async function readyz(gate: Gate): Promise<Readyz> {
  return JSON.parse((await gate.get('readyz')).body) as Readyz;
}

function sayingThat(sentence: RegExp, level: string) {
  return ({ parts }: Readyz): boolean =>
    parts.some((part) => part.level === level && sentence.test(part.sentence));
}

async function readyzSays(gate: Gate, sentence: RegExp, level = 'error'): Promise<Readyz> {
  return until(
    async () => {
      const now = await readyz(gate);
      return sayingThat(sentence, level)(now) ? now : null;
    },
    { within: 30_000, what: `/readyz to say ${sentence.source}` },
  );
}

/** Starts a gate for one test; ends it whatever happens. */
async function withGate(options: GateOptions, tell: (gate: Gate) => Promise<void>): Promise<void> {
  const gate = await makeGate(options);
  try {
    await gate.start();
    await tell(gate);
  } finally {
    await gate.close();
  }
}

async function newestBuildset(master: Session): Promise<number> {
  const [newest] = await master.rows('buildsets?limit=1&order=-bsid&field=bsid');
  return newest === undefined ? 0 : Number(newest['bsid']);
}

const bare = ['--branch', 'main', '--param', 'ZUUL_URL=https://git.example.org'];

function submit(gate: Gate, name: string): ReturnType<typeof gearbridge> {
  return gearbridge(gate, 'jobs', 'submit', '--job', 'cpython-gate', ...bare, '--revision', commitOf(name));
}

/** Submits by the command line, and waits until `jobs show` says what the job waits for. */
async function waitsFor(gate: Gate, cause: RegExp): Promise<void> {
  const { stdout, code } = await submit(gate, 'from the command line');
  expect(code).to.equal(0);
  const number = stdout.split(' ')[0]!;
  const shown = await until(
    async () => {
      const found = await gearbridge(gate, 'jobs', 'show', number);
      return cause.test(found.stdout) ? found.stdout : null;
    },
    { within: 30_000, what: `jobs show to say ${cause.source}` },
  );
  expect(shown).to.match(/^waits for: .*; then /m);
  expect(shown).to.match(/, until .* at the latest/);
  expect(await gearbridge(gate, 'jobs', 'list'))
    .to.have.property('stdout')
    .that.includes('waits for');
  expect((await gearbridge(gate, 'jobs', 'cancel', number)).code).to.equal(0);
}

describe('a master that does not suit the gate', function () {
  this.timeout(120_000);
  let buildbot: Buildbot;
  let gearmand: Gearmand;
  let client: GearmanClient;
  let master: Session;

  before(async () => {
    [buildbot, gearmand] = await Promise.all([
      startBuildbot({ builders: 2, workers: 'local' }),
      startGearmand(),
    ]);
    client = await connectGearmanClient(gearmand.port);
    master = await session(buildbot, 'gate');
  });

  after(async () => {
    client.close();
    await Promise.all([buildbot.stop(), gearmand.stop()]);
  });

  const unsuited: readonly (Pick<GateOptions, 'password' | 'scheduler'> & { title: string; says: RegExp })[] =
    [
      { title: 'a wrong password', password: 'wrong', says: /login.*password|password.*login/i },
      { title: 'no such force scheduler', scheduler: 'gates', says: /has no force scheduler 'gates'/ },
      {
        title: 'fields that are fixed to empty',
        scheduler: 'force',
        says: /force scheduler 'force': .*revision/,
      },
    ];

  for (const { title, says, ...options } of unsuited) {
    it(`lets jobs wait for a master with ${title}, and says so everywhere (rule 4.8)`, async () => {
      await withGate({ buildbot, gearman: [gearmand.address], ...options }, async (gate) => {
        const before = await newestBuildset(master);
        const job = await client.submit('build:cpython-gate', change(title));
        expect((await readyzSays(gate, says)).ready).to.equal(false);
        expect((await gate.get('readyz')).status).to.equal(503);
        const check = await gearbridge(gate, 'config', 'check', '--online');
        expect(check.code, check.stdout).to.equal(1);
        expect(check.stdout).to.match(says);
        const status = await gearbridge(gate, 'status');
        expect(status.code).to.equal(1);
        expect(status.stdout).to.match(says);
        await waitsFor(gate, says);
        // Registered, and still in the server's queue: nothing came back, so nothing was held against the change.
        expect(await client.admin('status', false)).to.satisfy((lines: readonly string[]) =>
          lines.some((line) => /^build:cpython-gate\t\d+\t0\t1$/.test(line)),
        );
        expect(job.packets).to.deep.equal([]);
        expect(await newestBuildset(master)).to.equal(before);
        await client.admin(`cancel job ${job.handle}`, true);
      });
    });
  }

  it('serves the jobs that waited as soon as the password is right, without a restart', async () => {
    await withGate({ buildbot, gearman: [gearmand.address], password: 'wrong' }, async (gate) => {
      const job = await client.submit('build:cpython-gate', change('waits for a password'));
      await readyzSays(gate, /password|login/i);
      await writeFile(join(gate.folder, 'password'), buildbot.users.gate);
      expect(await endOf(gate, job)).to.equal('SUCCESS');
      await gate.ready();
    });
  });

  it('ends CONFIG_ERROR with the words of a master whose scheduler refuses a field (rule 4.8)', async () => {
    await withGate({ buildbot, gearman: [gearmand.address], scheduler: 'gate-strict' }, async (gate) => {
      // This Buildbot does not tell of its pattern for gate_uuid: only what it drops can be warned of beforehand.
      await readyzSays(gate, /'gate-strict': gate_attempt is missing/, 'warning');
      expect((await gearbridge(gate, 'config', 'check', '--online')).code).to.equal(0);
      const before = await newestBuildset(master);
      const job = await client.submit('build:cpython-gate', change('strict'));
      expect(await endOf(gate, job)).to.equal('CONFIG_ERROR');
      expect(summaryOf(job)).to.include('gate_uuid');
      expect(await gate.job(job.unique)).to.include({ fault: 'configuration' });
      expect(await newestBuildset(master)).to.equal(before);
    });
  });

  it('waits for a master that is down at the start, says so, and serves when it comes', async () => {
    const proxy = await startFaultProxy({ port: Number(new URL(buildbot.url).port) });
    try {
      proxy.refuse();
      const away = { url: `http://127.0.0.1:${proxy.port}/`, users: buildbot.users };
      await withGate({ buildbot: away, gearman: [gearmand.address] }, async (gate) => {
        const job = await client.submit('build:cpython-gate', change('early'));
        await readyzSays(gate, /Buildbot cannot be asked/);
        expect((await gearbridge(gate, 'config', 'check', '--online')).code).to.equal(3);
        await waitsFor(gate, /Buildbot, which does not answer/);
        expect(job.packets).to.deep.equal([]);
        await proxy.accept();
        expect(await endOf(gate, job)).to.equal('SUCCESS');
        await gate.ready();
        expect((await gearbridge(gate, 'config', 'check', '--online')).code).to.equal(0);
      });
    } finally {
      await proxy.close();
    }
  });

  it('registers and serves when a Gearman server that was down at the start comes up', async () => {
    const port = await freePort();
    await withGate({ buildbot, gearman: [`127.0.0.1:${port}`] }, async (gate) => {
      await readyzSays(gate, /no build connection/);
      expect((await gearbridge(gate, 'config', 'check', '--online')).code).to.equal(3);
      const late = await startGearmand({ port });
      const lateClient = await connectGearmanClient(port);
      try {
        await gate.ready();
        const job = await lateClient.submit('build:cpython-gate:main', change('late server'));
        expect(await endOf(gate, job)).to.equal('SUCCESS');
      } finally {
        lateClient.close();
        await late.stop();
      }
    });
  });

  it('serves one Gearman server while the other is down, and warns of that', async () => {
    const down = `127.0.0.1:${await freePort()}`;
    await withGate({ buildbot, gearman: [down, gearmand.address] }, async (gate) => {
      await gate.ready();
      const { parts } = await readyz(gate);
      expect(parts.find(({ part }) => part === `gearman ${down}`)).to.include({ level: 'warning' });
      expect(parts.find(({ part }) => part === `gearman ${gearmand.address}`)).to.include({ level: 'ok' });
      const job = await client.submit('build:cpython-gate', change('one of two'));
      expect(await endOf(gate, job)).to.equal('SUCCESS');
      const check = await gearbridge(gate, 'config', 'check', '--online');
      expect(check.code).to.equal(3);
      expect(check.stdout).to.match(new RegExp(`gearman ${down} +error`));
    });
  });
});

describe('a master with an old stanza or none', function () {
  this.timeout(120_000);
  let gearmand: Gearmand;
  let client: GearmanClient;

  before(async () => {
    gearmand = await startGearmand();
    client = await connectGearmanClient(gearmand.port);
  });

  after(async () => {
    client.close();
    await gearmand.stop();
  });

  async function withMaster(
    stanza: 'old' | 'none',
    tell: (gate: Gate, way: { buildbot: Buildbot; proxy: FaultProxy }) => Promise<void>,
  ): Promise<void> {
    const buildbot = await startBuildbot({ builders: 1, workers: 'local', stanza });
    const proxy = await startFaultProxy({ port: Number(new URL(buildbot.url).port) });
    const through = { url: `http://127.0.0.1:${proxy.port}/`, users: buildbot.users };
    try {
      await withGate({ buildbot: through, gearman: [gearmand.address] }, (gate) =>
        tell(gate, { buildbot, proxy }),
      );
    } finally {
      await proxy.close();
      await buildbot.stop();
    }
  }

  async function warns(gate: Gate, sentence: RegExp): Promise<void> {
    await gate.ready();
    await readyzSays(gate, sentence, 'warning');
    const check = await gearbridge(gate, 'config', 'check', '--online');
    expect(check.code, check.stdout).to.equal(0);
    expect(check.stdout).to.match(sentence);
  }

  it('warns of an old one, and runs jobs', async () => {
    await withMaster('old', async (gate) => {
      await warns(gate, /stanza '0', this version documents '1'/);
      const job = await client.submit('build:cpython-gate', change('old stanza'));
      expect(await endOf(gate, job)).to.equal('SUCCESS');
    });
  });

  it('warns of none, runs jobs, and where cancel is refused stops builds as they start (rule 8.2)', async () => {
    await withMaster('none', async (gate, { buildbot, proxy }) => {
      await warns(gate, /carries no gate_stanza/);
      const master = await session(buildbot, 'gate');
      await buildbot.scenarios({ default: 'hang' });
      const first = await client.submit('build:cpython-gate', change('first'));
      const requestOf = async (number: string): Promise<number | null> =>
        (await gate.job(number)).builders[0]?.attempts[0]?.request ?? null;
      const building = async (number: string): Promise<boolean> =>
        (await gate.job(number)).builders[0]?.state === 'running';
      await until(() => building(first.unique), { within: 30_000, what: 'the first build' });
      const second = await client.submit('build:cpython-gate', change('second'));
      const request = await until(() => requestOf(second.unique), { within: 30_000, what: 'its request' });
      const stop = (number: string) =>
        client.submit('stop:gate.test', { name: 'cpython-gate', number }).then((job) => job.ended());
      const cancel = proxy.arm({
        match: '"method":"cancel"',
        fault: { kind: 'delay', milliseconds: 1 },
        times: 100,
      });
      await stop(second.unique);
      expect(await endOf(gate, second)).to.equal('ABORTED');
      expect((await gate.job(second.unique)).cleaning).to.equal(true);
      // Asked twice at the most (the second time after a new login), and not obeyed.
      await until(() => cancel.hits() >= 1, { within: 20_000, what: 'the cancel' });
      const [queued] = await master.rows(`buildrequests/${request}`);
      expect(queued).to.include({ complete: false, claimed: false });
      await stop(first.unique);
      expect(await endOf(gate, first)).to.equal('ABORTED');
      const ended = await until(
        async () => (await master.rows(`buildrequests/${request}`)).find((row) => row['complete'] === true),
        { within: 60_000, what: 'the second request to end' },
      );
      expect(ended).to.include({ results: 6 });
      expect(cancel.hits()).to.be.at.most(2);
      expect(await master.rows(`buildrequests/${request}/builds`)).to.have.length(1);
      await until(async () => !(await gate.job(second.unique)).cleaning, { within: 30_000, what: 'clean' });
    });
  });
});
