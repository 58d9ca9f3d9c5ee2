// Names that git takes, held against git itself (RUNS.md 2.6).

import { execFileSync, spawnSync } from 'node:child_process';
import { expect } from 'chai';
import fc from 'fast-check';
import { isGitRef } from '../../../src/gate/git-ref.ts';

function gitTakes(name: string): boolean {
  const { status } = spawnSync('git', ['check-ref-format', '--allow-onelevel', name], { timeout: 10_000 });
  return status === 0;
}

describe('a name for git', () => {
  before(() => {
    execFileSync('git', ['--version'], { timeout: 10_000 });
  });

  const piece = fc.constantFrom(
    ...['a', 'b', '.', '..', '/', '-', '@', '{', '@{', '~', '^', ':', '?', '*', '[', '\\', ' ', '.lock'],
    ...['\u0001', '\u007f', '\t', 'lock', 'é', '\u{1F40D}', ']', '}', '"', "'", '$', ';', '&', '=', '%'],
  );
  const text = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''));

  it('is taken exactly where git check-ref-format takes it and it is no option (rule 2.6)', function () {
    this.timeout(20_000);
    fc.assert(
      fc.property(text, (name) => {
        expect(isGitRef(name)).to.equal(gitTakes(name) && !name.startsWith('-'));
      }),
      { numRuns: 400 },
    );
  });

  for (const name of ['main', '3.13', 'feature/-x', 'refs/zuul/main/Zabc', 'a@b', 'é/x', 'x.lock.y']) {
    it(`takes ${name} (rule 2.6)`, () => {
      expect(gitTakes(name)).to.equal(true);
      expect(isGitRef(name)).to.equal(true);
    });
  }

  for (const name of [
    '',
    '@',
    '-x',
    '../../x',
    'a..b',
    'a b',
    'a.lock',
    'a/.b',
    '/a',
    'a/',
    'a//b',
    'a.',
    'a@{1}',
    'a\u009bb',
  ]) {
    it(`refuses ${JSON.stringify(name)} (rule 2.6)`, () => {
      expect(isGitRef(name)).to.equal(false);
    });
  }
});
