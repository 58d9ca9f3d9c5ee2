import { expect } from 'chai';
import { decide, missingPackages, neededPackages, policyStep } from '../../../src/servers/packages.ts';

describe('missingPackages', () => {
  it('finds nothing missing when dpkg calls all of them installed', () => {
    expect(missingPackages(neededPackages.map((name) => `${name} installed\n`).join(''))).to.deep.equal([]);
  });

  it('takes unknown, removed and half installed packages for missing', () => {
    const answer =
      'buildbot config-files\nbuildbot-worker half-configured\ngit installed\ngit-extra installed\n';
    expect(missingPackages(answer)).to.deep.equal(neededPackages.filter((name) => name !== 'git'));
  });
});

describe('decide', () => {
  it('does nothing when nothing is missing', () => {
    expect(decide([], true)).to.deep.equal({ kind: 'nothing' });
    expect(decide([], false)).to.deep.equal({ kind: 'nothing' });
  });

  it('updates before it installs, as root', () => {
    const decision = decide(['git', 'mercurial'], true);
    expect(decision.kind === 'install' && decision.runs.map(({ args }) => args.slice(1))).to.deep.equal([
      ['update'],
      ['install', '--yes', '--no-install-recommends', 'git', 'mercurial'],
    ]);
  });

  it('gives an ordinary user one line', () => {
    const decision = decide(['git', 'mercurial'], false);
    expect(decision.kind === 'ask' && decision.line).to.match(/^sudo apt-get install .*git mercurial$/);
  });
});

describe('policyStep', () => {
  it('makes a policy where there is none, leaves one that forbids, sets one aside that permits', () => {
    expect([null, 101, 0, 104].map(policyStep)).to.deep.equal([
      'make-ours',
      'leave-theirs',
      'set-theirs-aside',
      'set-theirs-aside',
    ]);
  });
});
