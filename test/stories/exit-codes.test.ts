// What scripts live on: each exit code of DESIGN.md section 6, provoked on the real commands beside a live daemon. The table is printed.

import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { startBuildbot, type Buildbot } from '../../src/servers/buildbot.ts';
import type { Result } from '../../src/servers/command.ts';
import { freePort } from '../../src/servers/free-port.ts';
import { startGearmand, type Gearmand } from '../../src/servers/gearmand.ts';
import { until } from '../until.ts';
import { gearbridge, interrupted, powerless } from './command-line.ts';
import { expectNoControls } from './escaped.ts';
import { commitOf, makeGate, type Gate } from './gate.ts';

interface Row {
  readonly code: number;
  readonly title: string;
  readonly run: () => Promise<Result>;
  /** What it says on stderr, or where the code is an answer on stdout. */
  readonly says: RegExp;
}

const log = (text: string): string => `o${text.split('\n').join('\no')}\n`;

describe('the exit codes of the commands', function () {
  this.timeout(120_000);
  let buildbot: Buildbot;
  let gearmand: Gearmand;
  let gate: Gate;
  let folder: string;
  let mute: Server;
  /** A command that waits out its deadline meanwhile. */
  let unheard: Promise<Result>;
  let green: string;
  let red: string;
  let long: string;
  const printed: string[] = [];

  const run = (...words: readonly string[]): Promise<Result> => gearbridge(gate, ...words);
  const submit = (name: string): string[] =>
    `jobs submit --job cpython-gate --branch main --revision ${commitOf(name)} --param ZUUL_URL=https://git.example.org`.split(
      ' ',
    );
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };

  async function submitted(name: string): Promise<string> {
    const { code, stdout, stderr } = await run(...submit(name));
    expect(code, stderr).to.equal(0);
    return stdout.split(' ')[0] ?? '';
  }

  async function check(rows: readonly Row[]): Promise<void> {
    const wrong: string[] = [];
    for (let at = 0; at < rows.length; at += 4) {
      await Promise.all(
        rows.slice(at, at + 4).map(async ({ code, title, run: begin, says }) => {
          const { code: ended, stdout, stderr } = await begin();
          expectNoControls(stdout + stderr, title);
          const said = ended === 0 ? stdout : stderr === '' ? stdout : stderr;
          printed.push(
            `${String(ended).padStart(5)}  ${title}: ${said.split('\n').find((line) => says.test(line)) ?? ''}`,
          );
          if (ended !== code || !says.test(said))
            wrong.push(`${title}: ${ended} instead of ${code}: ${said}`);
        }),
      );
    }
    expect(wrong).to.deep.equal([]);
  }

  before(async () => {
    [buildbot, gearmand, folder] = await Promise.all([
      startBuildbot({ builders: 2, workers: 'local', stepTimeout: 900 }),
      startGearmand(),
      mkdtemp(join(tmpdir(), 'exit-codes-')),
    ]);
    await buildbot.scenarios({
      by_revision: { [commitOf('red')]: 'fail-new', [commitOf('long')]: 'hang', [commitOf('other')]: 'hang' },
    });
    mute = createServer(() => undefined).listen(0, '127.0.0.1');
    gate = await makeGate({ buildbot, gearman: [gearmand.address] });
    await gate.start();
    await gate.ready();
    const { port } = mute.address() as AddressInfo;
    unheard = run('status', '--url', `http://127.0.0.1:${port}/`);
    [green, red] = await Promise.all([submitted('green'), submitted('red')]);
  });

  after(async () => {
    process.stdout.write(`${printed.sort().join('\n')}\n`);
    await gate.close();
    await Promise.all([buildbot.stop(), gearmand.stop(), rm(folder, { recursive: true, force: true })]);
    mute.close();
    await unheard;
  });

  it('are 0 for yes and done, 1 for no and failed', async () => {
    await check([
      {
        code: 0,
        title: 'jobs watch, a good change',
        run: () => run('jobs', 'watch', green),
        says: /SUCCESS/,
      },
      { code: 1, title: 'jobs watch, a failing one', run: () => run('jobs', 'watch', red), says: /FAILURE/ },
    ]);
    await check([
      { code: 0, title: 'jobs show, a failing one', run: () => run('jobs', 'show', red), says: /FAILURE/ },
      { code: 0, title: 'jobs list', run: () => run('jobs', 'list'), says: /cpython-gate/ },
      { code: 0, title: 'status, all is well', run: () => run('status'), says: /serving/ },
      { code: 1, title: 'jobs cancel, over already', run: () => run('jobs', 'cancel', red), says: /FAILURE/ },
      { code: 0, title: 'config check', run: () => run('config', 'check'), says: /valid/ },
      {
        code: 0,
        title: 'config check --online, all is well',
        run: () => run('config', 'check', '--online'),
        says: /gearman .*ok/,
      },
      {
        code: 0,
        title: 'submit --dry-run',
        run: () => run(...submit('dry'), '--dry-run'),
        says: /force gate/,
      },
      { code: 0, title: '--version', run: () => run('--version'), says: /^\d+\.\d+/ },
    ]);
    // Only now: it keeps the workers busy.
    long = await submitted('long');
  });

  it('are 2 for wrong usage and an invalid configuration, of the daemon as well', async () => {
    const bad = await file('bad.yaml', 'managr: x\n');
    const nowhere = join(folder, 'nowhere.yaml');
    await check([
      { code: 2, title: 'an unknown command', run: () => run('jobs', 'shaw'), says: /unknown command/ },
      { code: 2, title: 'no command', run: () => run('jobs'), says: /Usage/ },
      { code: 2, title: 'an unknown option', run: () => run('status', '--verbose'), says: /unknown option/ },
      {
        code: 2,
        title: 'config check, invalid',
        run: () => run('config', 'check', bad),
        says: /bad\.yaml:1/,
      },
      {
        code: 2,
        title: 'config check, no file',
        run: () => run('config', 'check', nowhere),
        says: /nowhere/,
      },
      { code: 2, title: 'status, invalid', run: () => run('status', '--config', bad), says: /managr/ },
      { code: 2, title: 'daemon, invalid', run: () => run('daemon', '--config', bad), says: /managr/ },
      {
        code: 2,
        title: 'jobs cancel over --url',
        run: () => run('jobs', 'cancel', long, '--url', gate.web),
        says: /control socket/,
      },
      {
        code: 2,
        title: 'config check --online, invalid',
        run: () => run('config', 'check', '--online', bad),
        says: /bad\.yaml:1/,
      },
    ]);
  });

  it('are 4 for what is not known, 6 for what is not there', async () => {
    const whole = await file('whole.log', log('Ran 1 test in 0.1s\n\nOK\n== Tests result: SUCCESS =='));
    const odd = await file(
      'odd.log',
      log('FAIL: test_odd (test.test_odd.OddTests.test_odd)\nAssertionError: 1 != 2'),
    );
    const unsent = join(folder, 'unsent.log');
    await check([
      { code: 0, title: 'flakes explain, nothing', run: () => run('flakes', 'explain', whole), says: /\S/ },
      {
        code: 4,
        title: 'flakes explain, unknown',
        run: () => run('flakes', 'explain', odd),
        says: /test_odd/,
      },
      {
        code: 6,
        title: 'flakes explain, no file',
        run: () => run('flakes', 'explain', unsent),
        says: /no such/,
      },
      { code: 6, title: 'jobs show, no job', run: () => run('jobs', 'show', 'nobody'), says: /nobody/ },
      { code: 6, title: 'jobs watch, no job', run: () => run('jobs', 'watch', 'nobody'), says: /nobody/ },
      { code: 6, title: 'jobs cancel, no job', run: () => run('jobs', 'cancel', 'nobody'), says: /nobody/ },
    ]);
  });

  it('are 5 where the socket does not permit it, and reading over --url is open to the same user', async () => {
    const socket = join(gate.folder, 'store', 'control.sock');
    const may = (...words: readonly string[]): Promise<Result> => powerless(gate, ...words);
    expect((await may('status')).code).to.equal(0);
    await chmod(socket, 0);
    try {
      await check([
        { code: 5, title: 'status, forbidden', run: () => may('status'), says: /not permitted.*group/ },
        {
          code: 5,
          title: 'jobs watch, forbidden',
          run: () => may('jobs', 'watch', long),
          says: /not permitted/,
        },
        {
          code: 5,
          title: 'jobs cancel, forbidden',
          run: () => may('jobs', 'cancel', long),
          says: /not permitted/,
        },
        { code: 5, title: 'jobs submit, forbidden', run: () => may(...submit('x')), says: /not permitted/ },
        { code: 5, title: 'drain, forbidden', run: () => may('drain'), says: /not permitted/ },
        { code: 0, title: 'status --url', run: () => may('status', '--url', gate.web), says: /serving/ },
      ]);
    } finally {
      await chmod(socket, 0o660);
    }
  });

  it('are 124 for a time that ran out, 130 for Ctrl-C, and the job goes on', async () => {
    await check([
      {
        code: 124,
        title: 'jobs watch --timeout',
        run: () => run('jobs', 'watch', long, '--timeout', '1'),
        says: /goes on/,
      },
      {
        code: 124,
        title: 'status, a mute server',
        run: () => unheard,
        says: /no answer within/,
      },
      {
        code: 130,
        title: 'jobs watch, Ctrl-C',
        run: () => interrupted(gate, /running/, 'jobs', 'watch', long),
        says: /interrupted.*goes on/,
      },
      {
        code: 130,
        title: 'jobs submit --wait, Ctrl-C',
        run: () => interrupted(gate, /running/, ...submit('other'), '--wait'),
        says: /interrupted.*goes on/,
      },
    ]);
    await check([
      {
        code: 130,
        title: 'drain --wait, Ctrl-C',
        run: () => interrupted(gate, /draining/, 'drain', '--wait'),
        says: /interrupted.*draining/,
      },
    ]);
    await check([
      { code: 3, title: 'jobs submit, draining', run: () => run(...submit('late')), says: /drain/ },
      { code: 1, title: 'status, draining', run: () => run('status'), says: /draining/ },
    ]);
    expect(await gate.job(long)).to.include({ state: 'running' });
    expect((await run('resume')).code).to.equal(0);
  });

  it('are 1 where a dependency answers and is wrong, 3 where it cannot be reached', async () => {
    const text = await readFile(gate.config, 'utf8');
    const password = await file('password', 'wrong');
    const wrong = await file(
      'wrong.yaml',
      text.replace('password_file: password', `password_file: ${password}`),
    );
    const scheduler = await file(
      'scheduler.yaml',
      text
        .replace('force_scheduler: gate', 'force_scheduler: gat')
        .replace('password_file: password', `password_file: ${gate.folder}/password`),
    );
    const nobody = `127.0.0.1:${await freePort()}`;
    const lonely = await file(
      'lonely.yaml',
      text
        .replace(gearmand.address, nobody)
        .replace('password_file: password', `password_file: ${gate.folder}/password`),
    );
    const online = (path: string) => () => run('config', 'check', '--online', path);
    await check([
      { code: 1, title: 'config check --online, a wrong password', run: online(wrong), says: /password/ },
      { code: 1, title: 'config check --online, no such scheduler', run: online(scheduler), says: /gat/ },
      {
        code: 3,
        title: 'config check --online, no Gearman server',
        run: online(lonely),
        says: /ECONNREFUSED/,
      },
      {
        code: 3,
        title: 'status, nobody there',
        run: () => run('status', '--url', `http://${nobody}/`),
        says: /no daemon/,
      },
    ]);
    await buildbot.stop();
    await until(async () => (await gate.get('readyz')).status === 503, {
      within: 45_000,
      what: 'the loss to be seen',
    });
    await check([
      {
        code: 3,
        title: 'config check --online, no Buildbot',
        run: online(gate.config),
        says: /ECONNREFUSED/,
      },
      { code: 1, title: 'status, Buildbot is away', run: () => run('status'), says: /buildbot +down/ },
    ]);
    await check([
      { code: 3, title: 'daemon, the store is in use', run: () => run('daemon'), says: /another process/ },
    ]);
    await gate.kill();
    await check([
      { code: 3, title: 'status, the daemon is gone', run: () => run('status'), says: /no daemon answers/ },
      {
        code: 3,
        title: 'jobs cancel, the daemon is gone',
        run: () => run('jobs', 'cancel', long),
        says: /no daemon/,
      },
    ]);
  });
});
