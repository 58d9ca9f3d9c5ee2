// A WebAssembly assembler of just what the scanner needs: functions of i32 parameters, folded expressions in, bytes out.
// The instruction's bytes stand beside its name; https://webassembly.github.io/spec/core/binary/instructions.html

export type Code = readonly number[];

/** Unsigned LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    const more = rest > 0x7f;
    bytes.push((rest & 0x7f) | (more ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

/** Signed LEB128 of 32 bits. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value | 0; ; rest >>= 7) {
    const last = rest >> 6 === 0 || rest >> 6 === -1;
    bytes.push((rest & 0x7f) | (last ? 0 : 0x80));
    if (last) return bytes;
  }
}

const binary =
  (opcode: Code) =>
  (left: Code, right: Code): Code => [...left, ...right, ...opcode];
const unary =
  (opcode: Code) =>
  (operand: Code): Code => [...operand, ...opcode];
const load =
  (opcode: Code) =>
  (address: Code, offset = 0): Code => [...address, ...opcode, 0, ...unsigned(offset)];
const store =
  (opcode: Code) =>
  (address: Code, value: Code, offset = 0): Code => [...address, ...value, ...opcode, 0, ...unsigned(offset)];
const simd = (code: number): Code => [0xfd, ...unsigned(code)];

export const constant = (value: number): Code => [0x41, ...signed(value)];
export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)];
export const tee = (local: number, value: Code): Code => [...value, 0x22, ...unsigned(local)];
export const seq = (...codes: readonly Code[]): Code => codes.flat();
/** Blocks and loops without a value. */
export const block = (...codes: readonly Code[]): Code => [0x02, 0x40, ...codes.flat(), 0x0b];
export const loop = (...codes: readonly Code[]): Code => [0x03, 0x40, ...codes.flat(), 0x0b];
export const when = (condition: Code, ...codes: readonly Code[]): Code => [
  ...condition,
  0x04,
  0x40,
  ...codes.flat(),
  0x0b,
];
export const branch = (depth: number): Code => [0x0c, ...unsigned(depth)];
export const branchIf = (depth: number, condition: Code): Code => [...condition, 0x0d, ...unsigned(depth)];
export const giveBack = (value: Code): Code => [...value, 0x0f];

export const load8 = load([0x2d]);
export const load32 = load([0x28]);
export const load64 = load([0x29]);
export const store8 = store([0x3a]);
export const store32 = store([0x36]);
export const add = binary([0x6a]);
export const subtract = binary([0x6b]);
export const multiply = binary([0x6c]);
export const and = binary([0x71]);
export const or = binary([0x72]);
export const shiftLeft = binary([0x74]);
export const shiftRight = binary([0x76]);
export const equal = binary([0x46]);
export const below = binary([0x49]);
export const atLeast = binary([0x4f]);
export const isZero = unary([0x45]);
export const trailingZeros = unary([0x68]);
export const bitCount = unary([0x69]);
export const and64 = binary([0x83]);
export const equal64 = binary([0x51]);

export const load128 = load(simd(0));
export const store128 = store(simd(11));
export const splat8 = unary(simd(15));
export const swizzle = binary(simd(14));
export const equal8x16 = binary(simd(35));
export const unequal8x16 = binary(simd(36));
export const and128 = binary(simd(78));
export const anyTrue = unary(simd(83));
export const bitmask8x16 = unary(simd(100));
export const shiftRight16x8 = binary(simd(141));

/** A function of the module: all parameters i32, one i32 result. */
export interface Body {
  readonly name: string;
  readonly parameters: number;
  /** i32 locals, numbered after the parameters; then v128 ones. */
  readonly locals: number;
  readonly vectors: number;
  readonly code: Code;
}

const i32 = 0x7f;
const v128 = 0x7b;

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content];
}

function vector(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function name(text: string): Code {
  return [...unsigned(text.length), ...new TextEncoder().encode(text)];
}

function bodyBytes({ locals, vectors, code }: Body): Code {
  const declared = vector([
    [...unsigned(locals), i32],
    [...unsigned(vectors), v128],
  ]);
  const bytes = [...declared, ...code, 0x0b];
  return [...unsigned(bytes.length), ...bytes];
}

/** The bytes of a module that imports its memory as `host.memory` and exports the functions. */
export function assemble(bodies: readonly Body[]): Uint8Array<ArrayBuffer> {
  const types = bodies.map(({ parameters }) => [
    0x60,
    ...unsigned(parameters),
    ...Array.from({ length: parameters }, () => i32),
    1,
    i32,
  ]);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector(types)),
    ...section(2, vector([[...name('host'), ...name('memory'), 0x02, 0x00, 0x01]])),
    ...section(3, vector(bodies.map((_body, index) => unsigned(index)))),
    ...section(7, vector(bodies.map((body, index) => [...name(body.name), 0x00, ...unsigned(index)]))),
    ...section(10, vector(bodies.map(bodyBytes))),
  ]);
}
