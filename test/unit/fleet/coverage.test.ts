import { expect } from 'chai';
import fc from 'fast-check';
import { demand, describeShortfalls, platformOf, shortfalls } from '../../../src/fleet/coverage.ts';

const platforms = { linux: ['*Debian*', '*Fedora*'], windows: ['*Windows*'], odd: ['*Debian*Windows*'] };

describe('platform of a builder', () => {
  const table: [string, string][] = [
    ['AMD64 Debian 3.x', 'linux'],
    ['AMD64 Windows11 3.x', 'windows'],
    ['Debian on Windows', 'linux'],
    ['ARM64 FreeBSD', 'ARM64 FreeBSD'],
    ['linux', 'linux (builder)'],
    ['linux (builder)', 'linux (builder) (builder)'],
    ['toString', 'toString'],
  ];
  for (const [name, platform] of table) {
    it(`of ${JSON.stringify(name)} is ${JSON.stringify(platform)} (rule 3.4)`, () => {
      expect(platformOf(name, platforms)).to.equal(platform);
    });
  }

  it('of its own is shared with no other builder and with no configured platform (rule 3.4)', () => {
    const word = fc.constantFrom('linux', 'mac', '__proto__', ' (builder)');
    const name = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(''));
    fc.assert(
      fc.property(name, name, (one, other) => {
        fc.pre(one !== other);
        const configured = { linux: [], mac: [] };
        const platform = platformOf(one, configured);
        expect(Object.hasOwn(configured, platform)).to.equal(false);
        expect(platform).to.not.equal(platformOf(other, configured));
      }),
    );
  });
});

describe('coverage', () => {
  it('is what the policy asks for (rule 3.4)', () => {
    expect(demand({ linux: 2, macos: 1 }, ['linux'])).to.deep.equal({ linux: 2, macos: 1 });
  });

  it('is one of each platform of the voting builders by default (rule 3.4)', () => {
    expect(demand(null, ['linux', 'windows', 'linux'])).to.deep.equal({ linux: 1, windows: 1 });
  });

  it('of a builder called __proto__ is asked for like any other (rule 3.4)', () => {
    const asked = demand(null, ['__proto__']);
    expect(shortfalls(asked, [])).to.deep.equal([{ platform: '__proto__', asked: 1, found: 0 }]);
    expect(shortfalls(asked, ['__proto__'])).to.deep.equal([]);
  });

  it('is short where a platform has fewer builders than asked for (rule 3.4)', () => {
    const short = shortfalls({ linux: 2, windows: 1, macos: 1 }, ['linux', 'macos', 'macos']);
    expect(describeShortfalls(short)).to.equal('linux 1 of 2, windows 0 of 1');
  });

  it('by default is met by the voting builders themselves and by none of them missing a platform (rule 3.4)', () => {
    const list = fc.array(fc.constantFrom('linux', 'windows', 'macos'), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(list, (voting) => {
        const asked = demand(null, voting);
        const [first] = voting;
        expect(shortfalls(asked, voting)).to.deep.equal([]);
        expect(
          shortfalls(
            asked,
            voting.filter((platform) => platform !== first),
          ),
        ).to.deep.equal([{ platform: first, asked: 1, found: 0 }]);
      }),
    );
  });
});
