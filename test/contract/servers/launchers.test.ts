// Each launcher on the real server: it starts, serves, and stops leaving no process and no directory.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { startBuildbot } from '../../../src/servers/buildbot.ts';
import { freePort } from '../../../src/servers/free-port.ts';
import { startGearmand } from '../../../src/servers/gearmand.ts';
import { createGitRepository } from '../../../src/servers/git-repository.ts';
import { createHgRepository } from '../../../src/servers/hg-repository.ts';
import { startRedis } from '../../../src/servers/redis.ts';
import { until } from '../../until.ts';
import { session } from './force.ts';

/** Sends one line and gives the answer's first bytes. */
async function say(to: { port: number; host: string } | { path: string }, line: string): Promise<string> {
  const socket = connect(to);
  socket.setTimeout(5000, () => socket.destroy(new Error(`no answer to ${line.trim()} in 5 s`)));
  try {
    socket.write(line);
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    return bytes.toString();
  } finally {
    socket.destroy();
  }
}

/** A zombie is gone: it only waits for its new parent to look. */
async function lives(pid: number): Promise<boolean> {
  if (!existsSync(`/proc/${pid}`)) return false;
  return !/^State:\s+Z/m.test(await readFile(`/proc/${pid}/status`, 'utf8'));
}

async function failure(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'no failure';
}

describe('launchers', () => {
  let folder: string;
  let before: string | undefined;

  // Everything they make is made here, so that what they leave is seen.
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gearbridge-launchers-'));
    before = process.env['TMPDIR'];
    process.env['TMPDIR'] = folder;
  });
  afterEach(async () => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    const left = await readdir(folder);
    await rm(folder, { recursive: true, force: true });
    expect(left).to.deep.equal([]);
  });

  describe('of gearmand', () => {
    it('starts a server that answers, and stops it twice', async () => {
      const server = await startGearmand();
      expect(server.address).to.equal(`127.0.0.1:${server.port}`);
      expect(await say(server, 'version\n')).to.match(/^OK 1\./);
      await server.stop();
      await server.stop();
      expect(await lives(server.pid)).to.equal(false);
      expect(await failure(say(server, 'version\n'))).to.contain('ECONNREFUSED');
    });

    it('comes back on the same port after kill -9', async () => {
      const first = await startGearmand();
      await first.kill();
      const second = await startGearmand({ port: first.port });
      try {
        expect([second.port, second.pid === first.pid]).to.deep.equal([first.port, false]);
        expect(await say(second, 'version\n')).to.match(/^OK /);
      } finally {
        await second.stop();
      }
    });

    it('freezes, thaws, and stops while frozen', async () => {
      const server = await startGearmand();
      server.freeze();
      const answer = say(server, 'version\n');
      server.thaw();
      expect(await answer).to.match(/^OK /);
      server.freeze();
      await server.stop();
      expect(await lives(server.pid)).to.equal(false);
    });

    it('refuses a port on which somebody else listens, naming it', async () => {
      const other = createServer();
      other.listen(0, '127.0.0.1');
      await once(other, 'listening');
      const { port } = other.address() as AddressInfo;
      expect(await failure(startGearmand({ port }))).to.contain(`port ${port} of 127.0.0.1 is taken`);
      other.close();
      await once(other, 'close');
    });

    it('gives the last words of a server that ends early', async () => {
      const said = await failure(startGearmand({ port: await freePort(), jobRetries: Number.NaN }));
      expect(said).to.match(/^gearmand on port \d+ did not start: exit code 1; it said:\n.*job-retries/s);
    });
  });

  describe('of Redis', () => {
    it('starts a server on a Unix socket that answers PONG, and stops it', async () => {
      const server = await startRedis();
      expect(await say({ path: server.socket }, 'PING\r\n')).to.equal('+PONG\r\n');
      await server.stop();
      await server.stop();
      expect(await lives(server.pid)).to.equal(false);
    });
  });

  describe('of repositories', () => {
    it('make and remove a git repository whose merge ref no branch reaches', async () => {
      const repository = await createGitRepository();
      const base = await repository.commit({ ref: 'refs/heads/main', files: { 'a/b': 'one\n' } });
      const change = await repository.commit({ ref: 'refs/changes/1/1/1', from: base, files: { c: 'two' } });
      const merge = await repository.mergeRef('main', change);
      expect(merge.ref).to.match(/^refs\/zuul\/main\/Z[0-9a-f]{32}$/);
      expect(merge.commit)
        .to.match(/^[0-9a-f]{40}$/)
        .and.not.to.equal(change);
      const clash = await repository.commit({
        ref: 'refs/changes/2/2/1',
        from: base,
        files: { 'a/b': 'three\n' },
      });
      await repository.commit({ ref: 'refs/heads/main', files: { 'a/b': 'four\n' } });
      expect(await failure(repository.mergeRef('main', clash))).to.contain('merge-tree');
      await repository.remove();
    });

    it('make and remove a Mercurial repository', async () => {
      const repository = await createHgRepository();
      const node = await repository.commit({ files: { a: 'one' } });
      expect(node).to.match(/^[0-9a-f]{40}$/);
      expect(await repository.commit({ files: { a: 'two' }, from: node })).not.to.equal(node);
      await repository.remove();
    });
  });

  describe('of Buildbot', function () {
    this.timeout(150_000);

    it('starts a fleet with the system python, loses and regains a worker and the master, and leaves nothing', async () => {
      const server = await startBuildbot({ respawn: 0.1 });
      const pids = await server.pids();
      expect(Object.keys(pids)).to.include.members(['master', 'debian-amd64', 'debian-checkout']);
      expect(await readFile(`/proc/${pids['master']!}/cmdline`, 'latin1')).to.match(/^\/usr\/bin\/python3\0/);
      const gate = await session(server, 'gate');
      const connected = async (name: string): Promise<boolean> =>
        (await gate.rows('workers')).some(
          (row) => row['name'] === name && (row['connected_to'] as unknown[]).length > 0,
        );
      expect(await connected('debian-amd64')).to.equal(true);
      await server.hold('debian-amd64');
      await until(async () => !(await connected('debian-amd64')), {
        within: 15_000,
        what: 'the worker to be lost',
      });
      await server.release('debian-amd64');
      await until(() => connected('debian-amd64'), { within: 20_000, what: 'the worker to be back' });
      await server.crash();
      expect((await server.pids())['master']).not.to.equal(pids['master']);
      const last = Object.values(await server.pids());
      await server.stop();
      await server.stop();
      expect(await Promise.all([server.pid, ...last].map(lives))).to.not.include(true);
    });

    it('gives the last words of a master whose port is taken', async () => {
      const other = createServer();
      other.listen(0, '127.0.0.1');
      await once(other, 'listening');
      const wwwPort = (other.address() as AddressInfo).port;
      const said = await failure(startBuildbot({ wwwPort, workers: 'local' }));
      expect(said).to.contain(`did not start: exit code 2; it said:\nport ${wwwPort} is taken`);
      other.close();
      await once(other, 'close');
    });

    it('makes ten cheap builders with a worker each in one process, and a build of theirs is honest', async () => {
      const server = await startBuildbot({ builders: 10 });
      try {
        const gate = await session(server, 'gate');
        expect(Object.keys(await server.pids()).sort()).to.deep.equal(['all', 'master']);
        const names = (await gate.rows('builders')).map((row) => String(row['name']));
        expect(names.sort()).to.deep.equal(
          Array.from({ length: 10 }, (_, index) => `Bench ${String(index + 1).padStart(2, '0')} 3.x`),
        );
        const good = await gate.finished(
          await gate.force('Bench 01 3.x', { branch: 'main', revision: 'a'.repeat(40) }),
        );
        expect(good).to.include({ results: 0, revision: 'a'.repeat(40) });
        expect(good.steps).to.include({ git: 0, test: 0 });
        await server.scenarios({ default: 'fail-new' });
        const bad = await gate.finished(
          await gate.force('Bench 10 3.x', { branch: 'main', revision: 'b'.repeat(40) }),
        );
        expect([bad.results, bad.steps['test']]).to.deep.equal([2, 2]);
      } finally {
        await server.stop();
      }
    });

    it('dies, all of it, when the process that started it is killed with -9', async () => {
      const source = fileURLToPath(new URL('../../../src/servers/', import.meta.url));
      const program = `import { startBuildbot } from '${source}buildbot.ts';
        import { startGearmand } from '${source}gearmand.ts';
        const [buildbot, gearmand] = await Promise.all([startBuildbot({ workers: 'shared' }), startGearmand()]);
        const pids = [buildbot.pid, ...Object.values(await buildbot.pids()), gearmand.pid];
        process.stdout.write(JSON.stringify({ pids, basedir: buildbot.basedir }));`;
      const parent = spawn(process.execPath, ['--import=tsx', '--input-type=module', '--eval', program], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [line] = (await once(parent.stdout, 'data')) as [Buffer];
      const { pids, basedir } = JSON.parse(line.toString()) as { pids: number[]; basedir: string };
      expect(await Promise.all(pids.map(lives))).to.not.include(false);
      parent.kill('SIGKILL');
      await until(async () => !(await Promise.all(pids.map(lives))).includes(true) && !existsSync(basedir), {
        within: 20_000,
        what: 'all of them to be gone',
      });
      // What a kill -9 of us may leave: the directory with gearmand's pid file; the other is the compiler's of this test.
      for (const name of await readdir(folder)) {
        expect(name).to.match(/^(gearbridge-gearmand|tsx)-/);
        await rm(join(folder, name), { recursive: true });
      }
    });
  });
});
