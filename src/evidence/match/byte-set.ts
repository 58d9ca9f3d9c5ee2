// Sets of bytes, as 256 bits: what one place of a pattern may be.

export type ByteSet = Uint32Array;

const singles: ByteSet[] = [];
const byteOfSingle = new WeakMap<ByteSet, number>();

export function byteSet(...ranges: readonly (readonly [number, number])[]): ByteSet {
  const set = new Uint32Array(8);
  for (const [from, to] of ranges)
    for (let byte = from; byte <= to; byte += 1) set[byte >> 5] = (set[byte >> 5] ?? 0) | (1 << (byte & 31));
  return set;
}

/** The set of one byte; shared, so it may not be changed. */
export function single(byte: number): ByteSet {
  const known = singles[byte];
  if (known !== undefined) return known;
  const set = byteSet([byte, byte]);
  singles[byte] = set;
  byteOfSingle.set(set, byte);
  return set;
}

/** The byte of a set of one; null: it is no such set. */
export function onlyByte(set: ByteSet): number | null {
  const known = byteOfSingle.get(set);
  if (known !== undefined) return known;
  const [one, another] = members(set);
  return one !== undefined && another === undefined ? one : null;
}

function holds(set: ByteSet, byte: number): boolean {
  return (((set[byte >> 5] ?? 0) >>> (byte & 31)) & 1) === 1;
}

export function union(one: ByteSet, other: ByteSet): ByteSet {
  return one.map((bits, index) => bits | (other[index] ?? 0));
}

export function complement(set: ByteSet): ByteSet {
  return set.map((bits) => ~bits);
}

export function without(set: ByteSet, byte: number): ByteSet {
  if (!holds(set, byte)) return set;
  const rest = set.slice();
  rest[byte >> 5] = (rest[byte >> 5] ?? 0) & ~(1 << (byte & 31));
  return rest;
}

/** With the other case of each ASCII letter. */
export function foldCase(set: ByteSet): ByteSet {
  const folded = set.slice();
  // Letters are bits 1..26 of word 2 (A-Z) and of word 3 (a-z).
  const letters = ((set[2] ?? 0) | (set[3] ?? 0)) & 0x07fffffe;
  folded[2] = (folded[2] ?? 0) | letters;
  folded[3] = (folded[3] ?? 0) | letters;
  return folded;
}

/** True for one byte, or the two cases of one letter. */
export function isNarrow(set: ByteSet): boolean {
  const [one = 0, other = one, more] = members(set);
  return more === undefined && (other === one || (other === one + 32 && foldCase(single(one))[3] === set[3]));
}

/** Its bytes, rising. */
export function members(set: ByteSet): number[] {
  const bytes: number[] = [];
  for (let word = 0; word < 8; word += 1) {
    let bits = set[word] ?? 0;
    while (bits !== 0) {
      const low = 31 - Math.clz32(bits & -bits);
      bytes.push(word * 32 + low);
      bits &= bits - 1;
    }
  }
  return bytes;
}
