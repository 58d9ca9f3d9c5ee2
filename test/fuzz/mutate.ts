// Good input made bad: bytes flipped, cut and repeated; JSON with values of another kind, size or depth; text with what breaks
// terminals, pages and parsers.

import type { Chance } from './chance.ts';

const rareBytes = [0, 1, 9, 10, 13, 27, 34, 92, 127, 128, 192, 224, 255] as const;
const nasty = [
  '\0',
  '\n',
  '\r\nX-Header: 1',
  '\u001b[2J\u001b]0;title\u0007',
  '\u202e',
  '\ufeff',
  '\ud800',
  '<script>alert(1)</script>',
  '$(reboot)`reboot`',
  "'; DROP TABLE builds; --",
  '__proto__',
  'constructor',
  '../../../etc/passwd',
  '%00%0a',
  '{"a":',
  '&a [*a]',
  '!!js/function >',
  '\t- ? :',
  '9'.repeat(400),
  'x'.repeat(3_000),
] as const;

/** One to four changes to a copy of the bytes. */
export function mutateBytes(bytes: Buffer, chance: Chance): Buffer {
  let mutated: Buffer = Buffer.from(bytes);
  for (let left = 1 + chance.whole(4); left > 0; left -= 1) mutated = oneMutation(mutated, chance);
  return mutated;
}

function oneMutation(bytes: Buffer, chance: Chance): Buffer {
  const at = chance.whole(bytes.length + 1);
  const length = chance.whole(Math.min(64, bytes.length - at) + 1);
  switch (chance.whole(6)) {
    case 0:
      if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << chance.whole(8));
      return bytes;
    case 1:
      if (at < bytes.length) bytes[at] = chance.pick(rareBytes);
      return bytes;
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    case 3:
      return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
    case 4:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from(chance.pick(nasty)), bytes.subarray(at)]);
    default:
      return bytes.subarray(0, at);
  }
}

/** A text with one thing in it that does not belong there, or less of it. */
export function mutateText(text: string, chance: Chance): string {
  const at = chance.whole(text.length + 1);
  const length = chance.whole(Math.min(80, text.length - at) + 1);
  switch (chance.whole(4)) {
    case 0:
      return text.slice(0, at) + chance.pick(nasty) + text.slice(at);
    case 1:
      return text.slice(0, at) + text.slice(at + length);
    case 2:
      return text.slice(0, at + length) + text.slice(at);
    default: {
      const lines = text.split('\n');
      const from = chance.whole(lines.length);
      const [moved = ''] = lines.splice(from, 1);
      lines.splice(chance.whole(lines.length + 1), 0, moved, ...(chance.one(2) ? [moved] : []));
      return lines.join('\n');
    }
  }
}

function deep(levels: number): unknown {
  let value: unknown = 1;
  for (let left = levels; left > 0; left -= 1) value = left % 2 === 0 ? [value] : { a: value };
  return value;
}

/** A value of any kind that JSON has. */
function anything(chance: Chance): unknown {
  switch (chance.whole(12)) {
    case 0:
      return null;
    case 1:
      return chance.one(2);
    case 2:
      return chance.pick([0, -1, 1.5, 2 ** 31, 2 ** 53, -0, 1e308, 1e-308]);
    case 3:
      return [];
    case 4:
      return {};
    case 5:
      return deep(1 + chance.whole(200));
    case 6:
      return Array.from({ length: chance.whole(300) }, (_, index) => index);
    case 7:
      return '';
    case 8:
      return String(chance.whole(1_000_000));
    default:
      return chance.pick(nasty);
  }
}

/** A copy in which about one value in `rarity` is another one, or is missing, or stands under another name. */
export function mutateJson(value: unknown, chance: Chance, rarity: number): unknown {
  if (chance.one(rarity)) return anything(chance);
  if (Array.isArray(value)) {
    const list = value.map((each: unknown) => mutateJson(each, chance, rarity));
    return chance.one(rarity * 2) ? [...list, ...list] : list;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([name, each]): (readonly [string, unknown])[] => {
    if (chance.one(rarity * 2)) return [];
    const key = chance.one(rarity * 4) ? chance.pick(nasty) : name;
    return [[key, mutateJson(each, chance, rarity)]];
  });
  return Object.fromEntries(entries);
}
