import { expect } from 'chai';
import type { Finding } from '../../../src/buildbot/master.ts';
import { fieldsTrouble, flatFields } from '../../../src/buildbot/scheduler-fields.ts';
import type { Field } from '../../../src/buildbot/scheduler-fields.ts';
import { clientOf, json, logIn, startLyingMaster } from './lying-master.ts';
import type { LyingMaster } from './lying-master.ts';

const sent = [
  'branch',
  'revision',
  'repository',
  'project',
  'reason',
  'gate_job',
  'gate_uuid',
  'gate_attempt',
];
sent.push('change_ref', 'gate_role', 'gate_tests', 'gate_repeat');

function field(name: string, more: Partial<Field> = {}): Field {
  return { name, type: 'text', required: false, fallback: '', regex: null, maxsize: 255, ...more };
}
const withField = (name: string, more: Partial<Field>): readonly Field[] =>
  sent.map((one) => field(one, one === name ? more : {}));

describe('the fields of a force scheduler', () => {
  it('are without fault in the stanza of the README', () => {
    expect(
      fieldsTrouble([...sent.map((name) => field(name)), field('gate_stanza', { type: 'fixed' })]),
    ).to.deep.equal([]);
  });

  const rows: readonly (readonly [string, readonly Field[], 'wrong' | 'lesser', string])[] = [
    ['fixed branch', withField('branch', { type: 'fixed' }), 'wrong', "branch is fixed to '' by the master"],
    ['fixed role', withField('gate_role', { type: 'fixed' }), 'lesser', 'gate_role is fixed'],
    ['narrow length', withField('gate_job', { maxsize: 199 }), 'wrong', 'gate_job has maxsize 199'],
    [
      'a pattern',
      withField('gate_uuid', { regex: '^[0-9a-f]{8}-.*$' }),
      'lesser',
      'may refuse what the gate sends',
    ],
    ['required blank', withField('change_ref', { required: true }), 'wrong', 'change_ref is required'],
    ['a choice', withField('project', { type: 'list' }), 'wrong', "project is of type 'list'"],
    [
      'missing revision',
      sent.filter((name) => name !== 'revision').map((name) => field(name)),
      'wrong',
      'revision is missing',
    ],
    [
      'missing role',
      sent.filter((name) => name !== 'gate_role').map((name) => field(name)),
      'lesser',
      'gate_role is missing',
    ],
    [
      'a demand of its own',
      [...sent.map((name) => field(name)), field('ticket', { required: true })],
      'wrong',
      'ticket is required, and the gate does not send it',
    ],
  ];
  for (const [title, fields, level, says] of rows) {
    it(`are faulted for ${title}`, () => {
      const [trouble, ...more] = fieldsTrouble(fields);
      expect(trouble).to.have.property('level', level);
      expect(trouble!.says).to.include(says);
      expect(more).to.deep.equal([]);
    });
  }

  const fine: readonly (readonly [string, readonly Field[]])[] = [
    ['a number field for the attempt', withField('gate_attempt', { type: 'int', maxsize: null })],
    ['a required job name', withField('gate_job', { required: true })],
    ['room for every name of a job', withField('gate_job', { maxsize: 200 })],
    ['room for every number', withField('gate_uuid', { maxsize: 63 })],
    [
      'a required field with a default',
      [...sent.map((name) => field(name)), field('x', { required: true, fallback: 'y' })],
    ],
  ];
  for (const [title, fields] of fine) {
    it(`are not faulted for ${title}`, () => {
      expect(fieldsTrouble(fields)).to.deep.equal([]);
    });
  }

  it('are found in nested groups, and no deeper than a bound', () => {
    const row = {
      fullName: 'branch',
      type: 'text',
      required: false,
      default: '',
      regex: null,
      maxsize: null,
    };
    const nest = (depth: number): object => (depth === 0 ? row : { fields: [nest(depth - 1)] });
    expect(flatFields([nest(2), { fields: [row, row] }])).to.have.length(3);
    expect(flatFields([nest(5000)])).to.have.length(0);
    expect(flatFields('no list')).to.deep.equal([]);
  });
});

describe('the check of a master', () => {
  let liar: LyingMaster;
  let config: object;
  let scheduler: object | null;
  beforeEach(async () => {
    config = {
      versions: [['Buildbot', '3.7.0']],
      auth: { name: 'UserPasswordAuth' },
      user: { username: 'gate' },
    };
    const all_fields = sent.map((fullName) => {
      return { fullName, type: 'text', required: false, default: '', regex: null, maxsize: 255 };
    });
    const stanza = {
      fullName: 'gate_stanza',
      type: 'fixed',
      required: false,
      default: '1',
      regex: null,
      maxsize: null,
    };
    scheduler = { name: 'gate', builder_names: ['Docs 3.x'], all_fields: [...all_fields, stanza] };
    liar = await startLyingMaster((seen, response) => {
      if (seen.url === '/auth/login') logIn(response, 'user');
      else if (seen.url === '/config') json(response, config);
      else if (scheduler === null) json(response, { error: 'not found' }, 404);
      else json(response, { forceschedulers: [scheduler] });
    });
  });
  afterEach(() => liar.close());

  const check = async (
    options: object = { username: 'gate', password: () => 'x' },
  ): Promise<readonly Finding[]> => {
    const client = clientOf(liar.url, options);
    const findings = await client.master.check();
    await client.master.close();
    return findings;
  };
  const bad = (findings: readonly Finding[]): readonly string[] =>
    findings
      .filter(({ level }) => level !== 'ok')
      .map(({ part, level, sentence }) => `${part} ${level}: ${sentence}`);

  it('finds nothing wrong with a good one, in three requests', async () => {
    const findings = await check();
    expect(bad(findings)).to.deep.equal([]);
    expect(findings.map(({ part }) => part)).to.deep.equal([
      'master',
      'login',
      'scheduler',
      'fields',
      'stanza',
      'builders',
    ]);
    expect(liar.seen.map(({ url }) => url)).to.deep.equal([
      '/auth/login',
      '/config',
      '/api/v2/forceschedulers/gate',
    ]);
  });

  it('says that the login is worth nothing when the master still sees nobody', async () => {
    config = { ...config, auth: { name: 'GitHub' }, user: { anonymous: true } };
    expect(bad(await check())[0]).to.match(/^login error: .*anonymous \(auth GitHub\)/);
  });

  it('warns when the master has logins and no user name is set', async () => {
    config = { ...config, user: { anonymous: true } };
    expect(bad(await check({}))).to.have.length(1);
    expect(bad(await check({}))[0]).to.match(/^login warning: .*buildbot.username/);
  });

  it('asks for no user name where the master has no logins', async () => {
    config = { ...config, auth: { name: 'NoAuth' }, user: { anonymous: true } };
    expect(bad(await check({}))).to.deep.equal([]);
  });

  it('names the scheduler that is not there', async () => {
    scheduler = null;
    expect(bad(await check())).to.deep.equal([
      "scheduler error: the master has no force scheduler 'gate'; check buildbot.force_scheduler and the stanza in master.cfg",
    ]);
  });

  const stanzas: readonly (readonly [string, (rows: object[]) => object[], string])[] = [
    ['a missing stanza', (rows) => rows.slice(0, -1), 'carries no gate_stanza'],
    ['an old one', (rows) => [...rows.slice(0, -1), { ...rows.at(-1), default: '0' }], "stanza '0'"],
    [
      'one that anybody may set',
      (rows) => [...rows.slice(0, -1), { ...rows.at(-1), type: 'text' }],
      "stanza '1'",
    ],
  ];
  for (const [title, change, says] of stanzas) {
    it(`only warns of ${title}`, async () => {
      const row = scheduler as { all_fields: object[] };
      scheduler = { ...row, all_fields: change(row.all_fields) };
      const [only, ...more] = bad(await check());
      expect(only)
        .to.match(/^stanza warning: /)
        .and.to.include(says);
      expect(more).to.deep.equal([]);
    });
  }

  it('says that a scheduler without builders is of no use', async () => {
    scheduler = { ...scheduler, builder_names: [] };
    expect(bad(await check())[0]).to.match(/^builders error: .*serves no builder/);
  });

  it('says only that the master cannot be reached, when it cannot', async () => {
    await liar.close();
    const findings = await check();
    expect(findings).to.have.length(1);
    expect(findings[0]).to.include({ part: 'master', level: 'error' });
    expect(findings[0]!.sentence).to.include('cannot be reached').and.to.include('buildbot.url');
  });

  it('says what is wrong with an answer that is none of Buildbot', async () => {
    liar.answer((_, response) => response.end('<html>\u001b[2J'));
    const findings = await check({});
    expect(findings.map(({ part }) => part)).to.deep.equal(['master']);
    expect(findings[0]!.sentence)
      .to.include('no complete JSON')
      .and.to.not.match(/\p{Cc}/u);
  });
});
