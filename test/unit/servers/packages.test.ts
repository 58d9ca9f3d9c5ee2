import { expect } from 'chai';
import { decide, missingPackages, neededPackages } from '../../../src/servers/packages.ts';

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
    if (decision.kind !== 'install') throw new Error(`root is told: ${decision.kind}`);
    expect(decision.update.args.at(-1)).to.equal('update');
    expect(decision.install.args.slice(1)).to.deep.equal([
      'install',
      '--yes',
      '--no-install-recommends',
      'git',
      'mercurial',
    ]);
  });

  it('gives an ordinary user one line', () => {
    const decision = decide(['git', 'mercurial'], false);
    expect(decision.kind === 'ask' && decision.line).to.match(/^sudo apt-get install .*git mercurial$/);
  });
});
