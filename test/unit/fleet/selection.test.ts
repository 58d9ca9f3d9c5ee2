import { expect } from 'chai';
import fc from 'fast-check';
import type { Builder, BuilderName } from '../../../src/fleet/fleet.ts';
import { describeSelector, select, type Selector } from '../../../src/fleet/selection.ts';

function builder(name: string, tags: readonly string[]): Builder {
  return { id: 1, name: name as BuilderName, tags, workers: [] };
}

const fleet = [
  builder('AMD64 Debian 3.x', ['3.x', 'stable']),
  builder('AMD64 Debian 3.13', ['3.13', 'stable']),
  builder('AMD64 Windows 3.x', ['3.x']),
  builder('x86 Gentoo 3.x', ['3.x', 'stable']),
];
const chosen = (selector: Selector): string[] => select(fleet, selector).map(({ name }) => name);

describe('selection of builders', () => {
  const table: [string, Selector, string[]][] = [
    ['takes those with the tag', { tags: ['3.13'] }, ['AMD64 Debian 3.13']],
    ['takes only those with all tags', { tags: ['3.x', 'stable'] }, ['AMD64 Debian 3.x', 'x86 Gentoo 3.x']],
    [
      'takes those that match any name',
      { names: ['*Windows*', 'x86*'] },
      ['AMD64 Windows 3.x', 'x86 Gentoo 3.x'],
    ],
    [
      'takes the intersection of tags and names',
      { tags: ['3.x'], names: ['*Debian*'] },
      ['AMD64 Debian 3.x'],
    ],
    ['leaves the excluded out', { tags: ['3.x'], exclude: ['*Windows*', 'x86*'] }, ['AMD64 Debian 3.x']],
    ['does not take a tag for a glob', { tags: ['3.*'] }, []],
    ['minds the case of names', { names: ['*debian*'] }, []],
    ['takes nothing for an empty selector', { tags: [], names: [] }, []],
    ['takes nothing where only an exclusion is given', { exclude: ['x86*'] }, []],
  ];
  for (const [title, selector, names] of table) {
    it(`${title} (rule 3.1)`, () => expect(chosen(selector)).to.deep.equal(names));
  }

  it('chooses no builder that lacks a tag, matches no name or is excluded, and forgets none that fits (rule 3.1)', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 3 });
    const some = fc.array(letters, { maxLength: 2 });
    const builders = fc.array(
      fc.tuple(letters, some).map(([name, tags]) => builder(name, tags)),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(builders, some, some, some, (all, tags, names, exclude) => {
        const wanted = all.filter(
          (one) =>
            tags.length + names.length > 0 &&
            !tags.some((tag) => !one.tags.includes(tag)) &&
            (names.length === 0 || names.includes(one.name)) &&
            !exclude.includes(one.name),
        );
        expect(select(all, { tags, names, exclude })).to.deep.equal(wanted);
      }),
    );
  });

  it('is described in one line with control characters made visible', () => {
    expect(describeSelector({ tags: ['3.x'], names: [], exclude: ['a\u001b*'] })).to.equal(
      'tags ["3.x"], exclude ["a\\u001b*"]',
    );
  });
});
