// Takes stream prefixes and terminal sequences off the bytes of a log, and hands the rest on: signatures look at what was printed.

import { withoutEscapes, type LogFormat } from '../line.ts';
import type { LineMatcher } from './line-pattern.ts';

const lf = 0x0a;
const escape = 0x1b;
/** The letters of the streams: o, e, h. */
const letters: ReadonlySet<number> = new Set([0x6f, 0x65, 0x68]);
/** A sequence may go on in the next chunk; a longer one does not. */
const longestEscape = 512;

/** A writer in front of another one. Chunks may end anywhere; line numbers stay. */
export function bareLines(format: LogFormat, to: LineMatcher): LineMatcher {
  let atStart = true;
  /** The beginning of a sequence that the last chunk broke off. */
  let held: Uint8Array = new Uint8Array();

  function withoutLetters(chunk: Uint8Array): Uint8Array {
    const bare = new Uint8Array(chunk.length);
    let size = 0;
    let from = 0;
    while (from < chunk.length) {
      const end = chunk.indexOf(lf, from);
      const next = end === -1 ? chunk.length : end + 1;
      const line = chunk.subarray(atStart && letters.has(chunk[from] ?? 0) ? from + 1 : from, next);
      bare.set(line, size);
      size += line.length;
      atStart = end !== -1;
      from = next;
    }
    return bare.subarray(0, size);
  }

  function plain(chunk: Uint8Array, last: boolean): Uint8Array {
    const given = held.length === 0 ? chunk : joined(held, chunk);
    held = new Uint8Array();
    const newest = given.lastIndexOf(escape);
    if (newest === -1) return given;
    const open = !last && given.length - newest < longestEscape && !given.subarray(newest).includes(lf);
    if (open) held = given.slice(newest);
    return latin1(withoutEscapes(textOf(open ? given.subarray(0, newest) : given)));
  }

  return {
    write(chunk) {
      const bare = format === 'contents' ? withoutLetters(chunk) : chunk;
      const shown = plain(bare, false);
      if (shown.length > 0) to.write(shown);
    },
    end() {
      const shown = plain(new Uint8Array(), true);
      if (shown.length > 0) to.write(shown);
      to.end();
    },
  };
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

/** One character for each byte, whatever it is. */
function textOf(bytes: Uint8Array): string {
  let text = '';
  for (let from = 0; from < bytes.length; from += 8_192) {
    text += String.fromCharCode(...bytes.subarray(from, from + 8_192));
  }
  return text;
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (one) => one.charCodeAt(0));
}
