// The factory that admins paste (config/gearbridge_factory.py), on a master that really runs it.

import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startBuildbot, type Buildbot } from '../../../src/servers/buildbot.ts';
import { session, type Session } from './force.ts';

const factory = fileURLToPath(new URL('../../../config/gearbridge_factory.py', import.meta.url));
const builder = 'Bench 01 3.x';
const commit = 'c0'.repeat(20);

/** How the commands of the step ended, by the header lines of the worker. */
function exitCodes(log: string): readonly number[] {
  return [...log.matchAll(/^hprogram finished with exit code (\d+)$/gm)].map((match) => Number(match[1]));
}

interface Repeated {
  readonly results: number;
  readonly codes: readonly number[];
  /** The build property `gate_repeated`. */
  readonly said: unknown;
  readonly log: string;
}

async function repeated(gate: Session, fields: Readonly<Record<string, string>>): Promise<Repeated> {
  const stamp = { branch: 'main', revision: commit, project: 'cpython', gate_role: 'measure' };
  const build = await gate.finished(await gate.force(builder, { ...stamp, ...fields }));
  const [properties] = await gate.rows(`builds/${build.id}/properties`);
  const log = await build.log('test');
  const said = (properties?.['gate_repeated'] as readonly unknown[] | undefined)?.[0];
  return { results: build.results, codes: exitCodes(log), said, log };
}

describe('the factory that repeats tests', function () {
  this.timeout(150_000);
  let buildbot: Buildbot;
  let gate: Session;

  before(async () => {
    buildbot = await startBuildbot({ builders: 1, workers: 'shared' });
    gate = await session(buildbot, 'gate');
  });
  after(async () => {
    await buildbot.stop();
  });

  const says = (words: string): Promise<void> =>
    buildbot.scenarios({ by_revision: { [commit]: `says ${words}` } });

  it('runs the tests so often as it is asked, each with an exit code in a header of its own, and says so', async () => {
    await says('test_ssl=1');
    const { results, codes, said, log } = await repeated(gate, { gate_tests: 'test_ssl', gate_repeat: '20' });
    expect(codes).to.deep.equal([2, ...Array.from({ length: 19 }, () => 0)]);
    expect([results, said]).to.deep.equal([2, '20']);
    expect(log.match(/\[1\/1\] test_ssl/g)).to.have.length(20);
  });

  it('stops at the sixth failure', async () => {
    await says('test_ssl=20');
    const { codes, said } = await repeated(gate, { gate_tests: 'test_ssl test_socket', gate_repeat: '20' });
    expect(codes).to.deep.equal([2, 2, 2, 2, 2, 2]);
    expect(said).to.equal('20');
  });

  for (const [why, fields] of [
    ['with a name that a shell would take apart', { gate_tests: 'test_ssl $(id)', gate_repeat: '20' }],
    ['with more repeats than twenty', { gate_tests: 'test_ssl', gate_repeat: '21' }],
  ] as const) {
    it(`is the whole suite, once, ${why}`, async () => {
      await says('test_ssl=0');
      const { codes, said, log } = await repeated(gate, fields);
      expect(codes).to.deep.equal([0]);
      expect(said).to.equal(undefined);
      expect(log).to.include('[1/4] test_bisect');
    });
  }

  it('reads well as it stands, with its examples for regrtest and pytest', async () => {
    const text = await readFile(factory, 'utf8');
    const examples = text.split('\n').filter((line) => /^# {3}( {4})?(class|gate_command)/.test(line));
    const program = [
      'from buildbot.plugins import steps',
      text,
      ...examples.map((line) => line.slice(4)),
      'print(RegrTest(command=["make", "buildbottest"]).gate_command[1:3], PyTest(command=["pytest"]).gate_command[1:3])',
    ];
    const { stdout } = await promisify(execFile)('/usr/bin/python3', ['-c', program.join('\n')]);
    expect(stdout).to.equal("['-m', 'test'] ['-m', 'pytest']\n");
  });
});

describe('the factory of the fleet', function () {
  this.timeout(150_000);

  it("repeats a test with CPython's own runner", async () => {
    const buildbot = await startBuildbot({ workers: 'local' });
    try {
      const gate = await session(buildbot, 'gate');
      const fields = { branch: 'main', revision: commit, gate_role: 'measure', gate_repeat: '2' };
      await buildbot.scenarios({ default: 'fail-once' });
      const asked = { ...fields, gate_tests: 'test_gate_leftover' };
      const build = await gate.finished(await gate.force('AMD64 Debian 3.x', asked));
      const log = await build.log('test');
      expect(exitCodes(log)).to.deep.equal([2, 0]);
      expect(log).to.include('1 test failed:').and.to.include('Tests result: SUCCESS');
      expect([build.results, build.steps['test']]).to.deep.equal([2, 2]);
    } finally {
      await buildbot.stop();
    }
  });
});
