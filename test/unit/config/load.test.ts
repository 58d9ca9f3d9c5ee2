import { expect } from 'chai';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { folder, good, type Folder } from './sample.ts';
import { wrongLines } from './wrong-lines.ts';

describe('loading a configuration', () => {
  let place: Folder;
  beforeEach(async () => (place = await folder()));
  afterEach(() => place.dispose());

  for (const [title, line, instead, findings] of wrongLines) {
    it(`reports ${title}`, async () => {
      expect(good.split('\n')).to.include(line);
      const found = await place.lines(good.replace(line, instead));
      expect(found.map((each) => each.replaceAll(place.path, 'FOLDER'))).to.deep.equal(findings);
    });
  }

  it('finds nothing in a good file, and fills in the defaults', async () => {
    const result = await place.load(good);
    expect(result.findings).to.deep.equal([]);
    if (result.kind === 'refused') throw new Error('refused');
    const { policies, ...config } = result.config;
    expect(policies.get('gate')).to.deep.equal({
      coverage: { linux: 1 },
      retries: 2,
      unheard: 'withdraw',
      deadlines: {
        offline: 1_800_000,
        queued: 14_400_000,
        running: 14_400_000,
        silent: 2_700_000,
        run: 28_800_000,
      },
    });
    expect(config.buildbot).to.deep.equal({
      url: 'http://127.0.0.1:8010/',
      username: null,
      passwordFile: null,
      forceScheduler: 'gate',
      tls: null,
    });
    expect(config.store.path).to.equal('/var/lib/gearbridge');
    expect(config.jobs).to.deep.equal([
      {
        name: 'gate',
        project: 'cpython',
        builders: { tags: ['3.x'] },
        policy: 'gate',
        vcs: 'git',
        testSteps: ['test'],
        revision: 'proved',
        resultText: 'plain',
      },
    ]);
  });

  it('takes the command that says what a change touches', async () => {
    const command = good.replace(
      '    policy: gate\n',
      '    policy: gate\n    changed_files: [/bin/changed, --all]\n',
    );
    const result = await place.load(command);
    if (result.kind === 'refused') throw new Error(JSON.stringify(result.findings));
    expect(result.config.jobs[0]?.changedFiles).to.deep.equal(['/bin/changed', '--all']);
    expect(
      await place.lines(good.replace('    policy: gate\n', '    policy: gate\n    changed_files: all\n')),
    ).to.have.length(1);
  });

  it('counts paths from the folder of the file', async () => {
    const text = `${good.replace('8010"', '8010", username: u, password_file: password')}store: { path: data }\n`;
    const result = await place.load(text);
    if (result.kind === 'refused') throw new Error(JSON.stringify(result.findings));
    expect(result.config.buildbot.passwordFile).to.equal(`${place.path}/password`);
    expect(result.config.store.path).to.equal(`${place.path}/data`);
    expect(result.config.signatures).to.equal(`${place.path}/signatures`);
  });

  it('refuses a password file that cannot be read, and only warns of a missing folder of signatures', async () => {
    const text = `${good.replace('8010"', '8010", username: u, password_file: nowhere')}signatures: none\n`;
    const lines = await place.lines(text);
    expect(lines).to.have.length(2);
    expect(lines[0]).to.match(
      /^3:71: buildbot\.password_file: .*nowhere cannot be read \(ENOENT.*\), expected a file with/,
    );
    expect(lines[1]).to.match(/^16:13: signatures: warning: there is no folder .*none, expected/);
  });

  it('reports two jobs of one name', async () => {
    const job = good.slice(good.indexOf('  - name'), good.indexOf('policies:'));
    expect(await place.lines(good.replace(job, job + job))).to.deep.equal([
      '13:5: jobs[1].name: is "gate", as jobs[0].name is, expected each name once',
    ]);
  });

  it('reports wrong shapes and contradictions together, in the order of the file', async () => {
    const text = good
      .replace('gate.example.org', '"a b"')
      .replace('policy: gate', 'policy: x')
      .replace('linux: 1', 'linux: 0');
    const lines = await place.lines(text);
    expect(lines.map((line) => line.split(': ')[1])).to.deep.equal([
      'manager',
      'jobs[0].policy',
      'policies.gate',
      'policies.gate.coverage.linux',
    ]);
  });

  it('never throws and never speaks in the words of its libraries, whatever stands at a key', async () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom<unknown>('git', 'gate', 0, -1, 1e99, [], {}, [[]], ''),
    );
    const keys = [
      'manager',
      'gearman',
      'buildbot',
      'store',
      'web',
      'fleet',
      'jobs',
      'policies',
      'signatures',
      'max_jobs',
    ];
    const inner = fc.dictionary(
      fc.constantFrom('name', 'servers', 'url', 'listen', 'builders', 'tags', 'stable', 'deadlines'),
      value,
    );
    const file = fc.dictionary(
      fc.constantFrom(...keys),
      fc.oneof(value, inner, fc.array(inner, { maxLength: 3 })),
    );
    await fc.assert(
      fc.asyncProperty(file, async (data) => {
        for (const line of await place.lines(stringify(data))) {
          expect(line).to.match(/^\d+:\d+: .+: ./);
          expect(line).to.not.match(/Invalid|received|undefined|Too (small|big)|Unrecognized|NaN|\[object/);
        }
      }),
      { numRuns: 300 },
    );
  });
});
