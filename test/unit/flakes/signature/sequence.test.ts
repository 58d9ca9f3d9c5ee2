import { expect } from 'chai';
import fc from 'fast-check';
import { between, reach, sequenceLines } from '../../../../src/flakes/signature/sequence.ts';

/** Every line of every whole sequence, found by trying all of them. */
function tried(parts: readonly (readonly number[])[]): number[] {
  const found = new Set<number>();
  const walk = (chosen: readonly number[]): void => {
    const part = parts[chosen.length];
    if (part === undefined) {
      chosen.forEach((line) => found.add(line));
      return;
    }
    const last = chosen.at(-1);
    for (const line of part) {
      if (last === undefined || (line > last && line - last <= reach)) walk([...chosen, line]);
    }
  };
  walk([]);
  return [...found].sort((one, other) => one - other);
}

const lines = fc
  .uniqueArray(fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 900 })), { maxLength: 8 })
  .map((some) => some.sort((a, b) => a - b));

describe('lines that follow one another', () => {
  it('are those that trying every choice finds', () => {
    fc.assert(
      fc.property(fc.array(lines, { minLength: 1, maxLength: 4 }), (parts) => {
        expect(Array.from(sequenceLines(parts))).to.deep.equal(tried(parts));
      }),
    );
  });

  it('lie at most 200 lines apart, on later and later lines', () => {
    expect(Array.from(sequenceLines([[1], [201]]))).to.deep.equal([1, 201]);
    expect(Array.from(sequenceLines([[1], [202]]))).to.deep.equal([]);
    expect(Array.from(sequenceLines([[5], [5]]))).to.deep.equal([]);
    expect(Array.from(sequenceLines([[1], [150, 190], [380]]))).to.deep.equal([1, 190, 380]);
  });

  it('are cut to a place', () => {
    fc.assert(
      fc.property(
        lines,
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: 0, max: 20 }),
        (some, first, last) => {
          expect(Array.from(between(Uint32Array.from(some), first, last))).to.deep.equal(
            some.filter((line) => line >= first && line <= last),
          );
        },
      ),
    );
  });
});
