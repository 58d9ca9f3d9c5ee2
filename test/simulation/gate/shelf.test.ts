import { expect } from 'chai';
import fc from 'fast-check';
import { endOf, type Range } from '../../../src/store/ordered/engine.ts';
import { createShelf } from './shelf.ts';

const key = fc
  .tuple(fc.constantFrom('a/', 'b/'), fc.integer({ min: 0, max: 30 }))
  .map(([prefix, n]) => prefix + String(n));

const range = fc
  .record({
    prefix: fc.constantFrom('a/', 'b/', 'c/'),
    above: fc.option(key),
    below: fc.option(key),
    reverse: fc.boolean(),
    limit: fc.integer({ min: 0, max: 9 }),
  })
  .map(({ prefix, above, below, reverse, limit }): Range => ({
    ...{ prefix, reverse, limit },
    ...(above === null ? {} : { above }),
    ...(below === null ? {} : { below }),
  }));

/** Looked for among all. */
function found(kept: ReadonlyMap<string, string>, { prefix, above, below, reverse, limit }: Range) {
  const inside = [...kept].filter(([each]) => each > (above ?? prefix) && each < (below ?? endOf(prefix)));
  const sorted = inside.sort(([one], [other]) => (one < other ? -1 : 1));
  return (reverse === true ? sorted.reverse() : sorted).slice(0, limit);
}

describe('what lies on the simulated disk', () => {
  it('is found in a range as among all, whatever was put and deleted before', () => {
    const changes = fc.array(fc.tuple(key, fc.option(fc.string(), { freq: 2 })), { maxLength: 60 });
    fc.assert(
      fc.property(changes, fc.array(range, { minLength: 1, maxLength: 8 }), (all, ranges) => {
        const shelf = createShelf();
        const kept = new Map<string, string>();
        for (const [name, value] of all) {
          shelf.apply(new Map([[name, value]]));
          if (value === null) kept.delete(name);
          else kept.set(name, value);
        }
        for (const each of ranges) expect(shelf.scan(each)).to.deep.equal(found(kept, each));
        expect(shelf.isEmpty()).to.equal(kept.size === 0);
      }),
    );
  });
});
