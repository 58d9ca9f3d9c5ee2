// Bytes to lines, in bounded memory whatever comes: invalid UTF-8, lines of megabytes, chunks that end anywhere.

import { guessFormat } from './guess-format.ts';
import { withoutEscapes, type LogFormat, type LogLine } from './line.ts';

/** A line is read up to here; the rest is counted as bytes and dropped. */
const lineLimit = 65_536;
/** How much is looked at before the format is guessed. */
const lookLimit = 65_536;

/** What services, package builders and containers put before each line of a log that somebody saved from them. */
const stamp =
  /^\ufeff?(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,9}Z (?:\d\d[OE][ +])?|\[\d\d:\d\d:\d\d\] |\d\d:\d\d:\d\d (?!load avg|mem: |\[|running)|\d\d:\d\d:\d\d\.\d{3} {2}[VDIWEF] {2}|\d{1,6}s (?=\S)|\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\] |\[ *\d{1,6}s\] |#\d{1,3} \d{1,6}\.\d{1,4} )/;

/** Looks at the first character alone before the pattern: most lines begin otherwise. */
function withoutStamp(text: string): string {
  const first = text.charCodeAt(0);
  const may = (first >= 48 && first <= 57) || first === 91 || first === 35 || first === 0xfeff;
  return may ? text.replace(stamp, '') : text;
}

export interface LineReader {
  /** Takes the next bytes; they may be used again afterwards. */
  write(bytes: Uint8Array): void;
  /** Gives out what is left, and the number of lines. */
  end(): number;
}

/** Takes a line, and the format that was given or found out. */
type OnLine = (line: LogLine, format: LogFormat) => void;

/** Splits on CR as well: a progress bar's pieces share a line's number, and none of them is lost. */
function pieces(text: string): readonly string[] {
  if (!text.includes('\r')) return [text];
  const bare = text.replace(/\r+$/, '');
  // An empty line stays: it ends messages.
  return bare.includes('\r') ? bare.split('\r').filter((piece) => piece !== '') : [bare];
}

function createEmitter(onLine: OnLine) {
  let number = 0;
  return {
    count: () => number,
    emit: (line: string, format: LogFormat): void => {
      number += 1;
      // One character only: what follows may begin with the same letter.
      const prefixed = format === 'contents' && /^[oeh]/.test(line);
      const header = prefixed && line.startsWith('h');
      // A process that dies on Windows may leave NUL bytes in its output.
      const shown = withoutStamp(withoutEscapes(prefixed ? line.slice(1) : line));
      const clean = shown.includes('\0') ? shown.replaceAll('\0', '') : shown;
      for (const text of pieces(clean)) onLine({ number, header, text }, format);
    },
  };
}

/**
 * Gives out the lines of a log one by one.
 *
 * @param options.format `auto` looks at the first 64 KiB first. Only for files that somebody saved: never for a verdict.
 */
export function createLineReader(options: {
  readonly format: LogFormat | 'auto';
  readonly onLine: OnLine;
}): LineReader {
  const decoder = new TextDecoder('utf-8');
  const { emit, count } = createEmitter(options.onLine);
  let format: LogFormat | null = options.format === 'auto' ? null : options.format;
  let rest = '';
  /** In the middle of a line that was too long. */
  let skipping = false;

  function take(text: string, using: LogFormat): void {
    let from = 0;
    for (let to = text.indexOf('\n'); to !== -1; to = text.indexOf('\n', from)) {
      const piece = text.slice(from, to);
      from = to + 1;
      if (!skipping) emit((rest + piece).slice(0, lineLimit), using);
      rest = '';
      skipping = false;
    }
    if (skipping) return;
    rest += text.slice(from);
    if (rest.length <= lineLimit) return;
    emit(rest.slice(0, lineLimit), using);
    rest = '';
    skipping = true;
  }

  function text(decoded: string, last: boolean): void {
    if (format === null) {
      rest += decoded;
      if (rest.length < lookLimit && !last) return;
      format = guessFormat(rest);
      const looked = rest;
      rest = '';
      take(looked, format);
    } else take(decoded, format);
    if (last && rest !== '') emit(rest, format);
  }

  return {
    write: (bytes) => text(decoder.decode(bytes, { stream: true }), false),
    end() {
      text(decoder.decode(), true);
      return count();
    },
  };
}
