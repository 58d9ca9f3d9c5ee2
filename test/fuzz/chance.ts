// Seeded randomness: the same seed gives the same inputs, on any machine.

export interface Chance {
  /** A whole number from 0 to below `below`. */
  whole(below: number): number;
  pick<Value>(list: readonly [Value, ...Value[]]): Value;
  /** True once in `of` times. */
  one(of: number): boolean;
}

/** mulberry32: 32 bits of state, passes the usual tests, and is five lines. */
export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (below: number): number => Math.floor(next() * below);
  return { whole, pick: (list) => list[whole(list.length)] ?? list[0], one: (of) => whole(of) === 0 };
}
