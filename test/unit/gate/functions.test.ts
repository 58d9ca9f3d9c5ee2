import { expect } from 'chai';
import fc from 'fast-check';
import { functionsOf, parseFunction } from '../../../src/gate/functions.ts';

describe('functions of the jobs', () => {
  it('are the name, main and master where a job lists no branches (rule 2.2)', () => {
    expect(functionsOf([{ name: 'gate' }], new Map())).to.deep.equal([
      'build:gate',
      'build:gate:main',
      'build:gate:master',
    ]);
  });

  it('are the name and each branch that is no glob (rule 2.2)', () => {
    expect(functionsOf([{ name: 'gate', branches: ['3.13', '3.1?', 'release/*'] }], new Map())).to.deep.equal(
      ['build:gate', 'build:gate:3.13'],
    );
  });

  it('grow with each branch that was seen for that job, once (rule 2.2)', () => {
    const seen = new Map([['gate', ['feature/x', 'main', 'feature/x']]]);
    expect(functionsOf([{ name: 'gate' }, { name: 'docs', branches: ['*'] }], seen)).to.deep.equal([
      'build:gate',
      'build:gate:main',
      'build:gate:master',
      'build:gate:feature/x',
      'build:docs',
    ]);
  });

  it('leave out a seen branch that the job does not admit (rule 2.2)', () => {
    const seen = new Map([['gate', ['3.12', '2.7']]]);
    expect(functionsOf([{ name: 'gate', branches: ['3.*'] }], seen)).to.deep.equal([
      'build:gate',
      'build:gate:3.12',
    ]);
  });

  it('leave out a branch that no Gearman server could list or hold (rule 2.2)', () => {
    const branches = [
      'a b',
      'a\tb',
      'a\nb',
      'a\0b',
      '\u001b[0m',
      '',
      'x'.repeat(300),
      '\u{1F40D}'.repeat(62),
    ];
    expect(functionsOf([{ name: 'gate' }], new Map([['gate', branches]]))).to.deep.equal(
      functionsOf([{ name: 'gate' }], new Map()),
    );
  });

  it('are read back to the job and the branch they were made of (rule 2.2)', () => {
    const word = fc.string({ unit: fc.constantFrom('a', '-', '.', '/'), minLength: 1, maxLength: 9 });
    const branch = fc.string({ unit: fc.constantFrom('a', ':', '/'), minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(word, branch, (job, name) => {
        const names = functionsOf([{ name: job, branches: [name] }], new Map());
        expect(names.map(parseFunction)).to.deep.equal([
          { job, branch: null },
          { job, branch: name },
        ]);
      }),
    );
  });

  for (const name of ['', 'build', 'build:', 'build::main', 'build:gate:', 'stop:gate', 'Build:gate']) {
    it(`do not include ${JSON.stringify(name)} (rule 2.2)`, () => expect(parseFunction(name)).to.equal(null));
  }
});
