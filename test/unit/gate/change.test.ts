// The exact thing to prove (RUNS.md 2.6, 2.7).

import { expect } from 'chai';
import { contentKey, readChange, sourceOf, sourceStamp } from '../../../src/gate/change.ts';
import type { JobDefinition } from '../../../src/gate/request.ts';
import { aChange, aDefinition, commit } from './a-run.ts';

const usual = {
  ZUUL_PROJECT: 'cpython',
  ZUUL_BRANCH: 'main',
  ZUUL_URL: 'https://example.org',
  ZUUL_REF: 'refs/zuul/main/Zabc',
  ZUUL_COMMIT: commit,
};

type Asked = Readonly<Record<string, string>>;

function read(asked: Asked, definition: Partial<JobDefinition> = {}, suffix: string | null = null) {
  return readChange(new Map(Object.entries({ ...usual, ...asked })), aDefinition(definition), suffix);
}

function changeOf(asked: Asked, definition: Partial<JobDefinition> = {}, suffix: string | null = null) {
  const answer = read(asked, definition, suffix);
  if (answer.kind === 'refused') throw new Error(answer.why);
  return answer.change;
}

describe('the change that a job asks for', () => {
  it('is project, repository, branch, commit and ref of the parameters (rule 2.7)', () => {
    expect(changeOf({})).to.deep.equal(aChange);
  });

  it('has the files that GATE_FILES names, which do not make it other work (rule 1.2)', () => {
    const change = changeOf({ GATE_FILES: 'Lib/ssl.py\nLib/test/test_ssl.py' });
    expect(change.files).to.deep.equal(['Lib/ssl.py', 'Lib/test/test_ssl.py']);
    expect(contentKey(change, 'gate')).to.equal(contentKey(aChange, 'gate'));
  });

  for (const [url, project] of [
    ['https://example.org', 'cpython'],
    ['https://example.org/', 'cpython'],
    ['https://example.org///', 'cpython'],
  ] as const) {
    it(`joins ${url} and the project with one slash (rule 2.7)`, () => {
      expect(changeOf({ ZUUL_URL: url, ZUUL_PROJECT: project }).repository).to.equal(
        'https://example.org/cpython',
      );
    });
  }

  it('takes a repository by another scheme where a glob of the job names that scheme (rule 2.6)', () => {
    const repositories = ['https://example.org/*', 'file:///srv/*'];
    expect(changeOf({ ZUUL_URL: 'file:///srv' }, { repositories }).repository).to.equal(
      'file:///srv/cpython',
    );
  });

  it("takes the job's own repository before ZUUL_URL, whatever its scheme (rule 2.7)", () => {
    expect(changeOf({ ZUUL_URL: '' }, { repository: '/srv/git/cpython' }).repository).to.equal(
      '/srv/git/cpython',
    );
  });

  const forced: readonly (readonly [string, Asked, Partial<JobDefinition>, string])[] = [
    ['the ref that begins with refs/', {}, {}, 'refs/zuul/main/Zabc'],
    ['the branch where the ref is a bare name', { ZUUL_REF: 'Zabc' }, {}, 'main'],
    ['the branch where there is no ref', { ZUUL_REF: '' }, {}, 'main'],
    [
      'the ref name where there is no branch',
      { ZUUL_REF: '', ZUUL_BRANCH: '', ZUUL_REFNAME: 'v3' },
      {},
      'v3',
    ],
    ['the branch with hg, whatever the ref', {}, { vcs: 'hg' }, 'main'],
  ];
  for (const [what, asked, definition, expected] of forced) {
    it(`is forced on ${what} (rule 2.7)`, () => {
      expect(changeOf(asked, definition).forceBranch).to.equal(expected);
    });
  }

  it('takes its branch from the suffix only where the parameters are silent (rule 2.2)', () => {
    expect(changeOf({ ZUUL_BRANCH: '' }, {}, '3.13').branch).to.equal('3.13');
    expect(changeOf({}, {}, 'main').branch).to.equal('main');
    expect(read({}, {}, '3.13')).to.have.property('kind', 'refused');
    expect(read({ ZUUL_BRANCH: '', ZUUL_REFNAME: 'v3' }, {}, 'v4')).to.have.property('kind', 'refused');
  });

  it('needs no ZUUL_UUID: plain clients send the names that they have (rule 2.2)', () => {
    expect(changeOf({}).revision).to.equal(commit);
  });

  const refusals: readonly (readonly [string, Asked, Partial<JobDefinition>, RegExp])[] = [
    ['a foreign project', { ZUUL_PROJECT: 'evil' }, {}, /project "evil"/],
    ['a foreign branch', { ZUUL_BRANCH: 'evil' }, { branches: ['main', '3.*'] }, /branch "evil"/],
    ['a foreign repository', {}, { repositories: ['https://other.org/*'] }, /not among those/],
    ['a branch that climbs', { ZUUL_BRANCH: '../../x' }, {}, /branch ".*x" is no name/],
    ['a branch that looks like an option', { ZUUL_BRANCH: '--upload-pack=x' }, {}, /no name that git/],
    ['a ref that looks like an option', { ZUUL_REF: '-x' }, {}, /ZUUL_REF/],
    ['a ref with two dots', { ZUUL_REF: 'refs/zuul/a..b' }, {}, /ZUUL_REF/],
    ['a blank branch', { ZUUL_BRANCH: ' ' }, {}, /no name that git/],
    ['no branch at all', { ZUUL_BRANCH: '' }, {}, /no branch/],
    ['a branch longer than a column of Buildbot', { ZUUL_BRANCH: 'x'.repeat(256) }, {}, /no name/],
    ['a repository by file', { ZUUL_URL: 'file:///srv' }, {}, /http, https, ssh or git/],
    [
      'a repository by file that a glob takes without naming the scheme',
      { ZUUL_URL: 'file:///srv' },
      { repositories: ['*', 'file:///other/*'] },
      /http, https, ssh or git/,
    ],
    ['a repository by path', { ZUUL_URL: '/srv/git' }, {}, /http, https, ssh or git/],
    ['a repository that runs a command', { ZUUL_URL: 'ext::sh -c x' }, {}, /blanks|http/],
    ['a repository without a host', { ZUUL_URL: 'https://' }, {}, /http, https, ssh or git/],
    ['no repository', { ZUUL_URL: '' }, {}, /no repository/],
    ['no commit', { ZUUL_COMMIT: '' }, {}, /no commit/],
    ['forty zeros', { ZUUL_COMMIT: '0'.repeat(40) }, {}, /deleted/],
    ['sixty-four zeros', { ZUUL_COMMIT: '0'.repeat(64) }, {}, /deleted/],
    ['a commit of 39 digits', { ZUUL_COMMIT: 'a'.repeat(39) }, {}, /40 or 64/],
    ['a commit of 41 digits', { ZUUL_COMMIT: 'a'.repeat(41) }, {}, /40 or 64/],
    ['a name for a commit', { ZUUL_COMMIT: 'HEAD' }, {}, /40 or 64/],
    ['an hg commit of 11 digits', { ZUUL_COMMIT: 'a'.repeat(11) }, { vcs: 'hg' }, /12 to 40/],
    ['an hg commit of 41 digits', { ZUUL_COMMIT: 'a'.repeat(41) }, { vcs: 'hg' }, /12 to 40/],
    ['twelve zeros with hg', { ZUUL_COMMIT: '0'.repeat(12) }, { vcs: 'hg' }, /deleted/],
  ];
  for (const [what, asked, definition, expected] of refusals) {
    it(`is refused with one clear line for ${what} (rule 2.6)`, () => {
      const answer = read(asked, definition);
      expect(answer.kind === 'refused' && answer.why).to.match(expected);
      expect(answer.kind === 'refused' && answer.why).not.to.match(/\n/);
    });
  }

  for (const [vcs, digits] of [
    ['git', 40],
    ['git', 64],
    ['hg', 12],
    ['hg', 40],
  ] as const) {
    it(`takes ${digits} hex digits of ${vcs} (rule 2.6)`, () => {
      expect(changeOf({ ZUUL_COMMIT: 'AB'.repeat(digits / 2) }, { vcs }).revision).to.equal(
        'ab'.repeat(digits / 2),
      );
    });
  }

  it('is refused in one line without controls, also where the name of the function brings them (rule 2.6)', () => {
    const answer = read({}, {}, 'ma\u007f\u009bn');
    expect(answer.kind === 'refused' && answer.why).to.match(/"ma\?\?n"/);
  });

  for (const scheme of ['http', 'https', 'ssh', 'git']) {
    it(`takes a repository by ${scheme} (rule 2.6)`, () => {
      expect(read({ ZUUL_URL: `${scheme}://example.org` }).kind).to.equal('read');
    });
  }
});

describe('a content key', () => {
  it('differs with project, repository, branch, commit and job name, and with nothing else (rule 1.2)', () => {
    const others = (['project', 'repository', 'branch', 'revision'] as const).map((field) =>
      contentKey({ ...aChange, [field]: 'x' }, 'gate'),
    );
    const all = [...others, contentKey(aChange, 'gate'), contentKey(aChange, 'docs')];
    expect(new Set(all).size).to.equal(6);
    expect(contentKey({ ...aChange, changeRef: 'x', forceBranch: 'x' }, 'gate')).to.equal(
      contentKey(aChange, 'gate'),
    );
  });

  it('cannot be made equal by moving text from one field to the next (rule 1.2)', () => {
    const one = { ...aChange, project: 'a', repository: 'b","c' };
    const other = { ...aChange, project: 'a","b', repository: 'c' };
    expect(contentKey(one, 'gate')).not.to.equal(contentKey(other, 'gate'));
  });
});

describe('a source stamp', () => {
  it('is what Buildbot compares: forced branch, revision, repository and project (rule 4.5)', () => {
    const stampOf = (change: typeof aChange): string => sourceStamp(sourceOf(change, null));
    const others = (['forceBranch', 'revision', 'repository', 'project'] as const).map((field) =>
      stampOf({ ...aChange, [field]: 'x' }),
    );
    expect(new Set([...others, stampOf(aChange)]).size).to.equal(5);
    expect(stampOf({ ...aChange, branch: 'x' })).to.equal(stampOf(aChange));
  });

  it('of a control is the base under the same repository and project (rule 1.3)', () => {
    const base = { branch: 'main', revision: 'b0'.repeat(20) };
    const { repository, project } = aChange;
    expect(sourceOf(aChange, base)).to.deep.equal({ ...base, repository, project });
  });
});
