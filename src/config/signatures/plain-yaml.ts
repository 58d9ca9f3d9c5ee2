// The plain part of YAML that signature files are written in, read forty times as fast as by the library: block mappings and lists,
// one-line flow collections, quoted and plain words on one line, comments. Whatever is not surely within it gives undefined, and the
// library reads the file; a property test holds the two equal.

/** undefined: not plain enough. */
type Value = unknown;

class NotPlain extends Error {}

interface Line {
  readonly indent: number;
  /** Without indentation, comment and blanks at the end. */
  readonly text: string;
}

const key = /^([A-Za-z_][A-Za-z0-9_-]*):(?: +|$)/;
const maxDepth = 40;

/** Plain data, or undefined where the text is not plain YAML. */
export function readPlainYaml(text: string): Value {
  // Anything but printable ASCII and letters beyond it: the library knows better.
  if (/[^\n\x20-\x7e\u00a1-\ud7ff]|\u2028|\u2029/.test(text)) return undefined;
  try {
    const lines = linesOf(text);
    if (lines.length === 0) return undefined;
    const reader = { lines, at: 0 };
    const value = block(reader, 0, 0);
    return reader.at === lines.length ? value : undefined;
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  for (const raw of text.split('\n')) {
    const bare = withoutComment(raw).trimEnd();
    const inner = bare.trimStart();
    if (inner !== '') lines.push({ indent: bare.length - inner.length, text: inner });
  }
  return lines;
}

/** A `#` begins a comment at the start or after a blank, outside quotes. */
function withoutComment(raw: string): string {
  if (!raw.includes('#')) return raw;
  let quote = '';
  for (let at = 0; at < raw.length; at++) {
    const one = raw[at];
    if (quote !== '') {
      if (quote === '"' && one === '\\') at += 1;
      else if (one === quote) quote = '';
    } else if ((one === '"' || one === "'") && /(?:^|[\s,[{:-])$/.test(raw.slice(0, at))) quote = one;
    else if (one === '#' && (at === 0 || raw[at - 1] === ' ')) return raw.slice(0, at);
  }
  return raw;
}

interface Reader {
  readonly lines: Line[];
  at: number;
}

/** The block whose lines have just this indentation. */
function block(reader: Reader, indent: number, depth: number): Value {
  const line = reader.lines[reader.at];
  if (line?.indent !== indent || depth > maxDepth) throw new NotPlain();
  if (line.text === '-' || line.text.startsWith('- ')) return list(reader, indent, depth);
  return mapping(reader, indent, depth);
}

function mapping(reader: Reader, indent: number, depth: number): Value {
  const result: Record<string, Value> = {};
  for (;;) {
    const line = reader.lines[reader.at];
    if (line === undefined || line.indent < indent) return result;
    const found = line.indent === indent ? key.exec(line.text) : null;
    if (found === null) {
      // A list item ends a mapping that stands as deep only where that is within an item above.
      if (line.indent === indent && line.text.startsWith('-')) return result;
      throw new NotPlain();
    }
    const [whole, name = ''] = found;
    if (Object.hasOwn(result, name) || name === '__proto__') throw new NotPlain();
    reader.at += 1;
    const rest = line.text.slice(whole.length);
    result[name] = rest === '' ? below(reader, indent, depth) : inline(rest);
  }
}

/** What stands below a key without a value: a deeper block, a list as deep as the key, or nothing. */
function below(reader: Reader, indent: number, depth: number): Value {
  const next = reader.lines[reader.at];
  if (next === undefined) return null;
  if (next.indent > indent) return block(reader, next.indent, depth + 1);
  const item = next.indent === indent && (next.text === '-' || next.text.startsWith('- '));
  return item ? list(reader, indent, depth + 1) : null;
}

function list(reader: Reader, indent: number, depth: number): Value {
  const items: Value[] = [];
  for (;;) {
    const line = reader.lines[reader.at];
    if (line === undefined || line.indent < indent) return items;
    if (line.indent > indent) throw new NotPlain();
    if (line.text !== '-' && !line.text.startsWith('- ')) return items;
    const rest = line.text.slice(1).trimStart();
    if (rest === '' || rest.startsWith('- ')) throw new NotPlain();
    if (key.test(rest)) {
      // `- key: value`: the mapping stands where its first key does.
      const inner = indent + line.text.length - rest.length;
      reader.lines[reader.at] = { indent: inner, text: rest };
      items.push(mapping(reader, inner, depth + 1));
    } else {
      reader.at += 1;
      items.push(inline(rest));
    }
  }
}

interface Cursor {
  readonly text: string;
  at: number;
}

/** A value that stands on one line. */
function inline(text: string): Value {
  const first = text[0] ?? '';
  if (first !== '"' && first !== "'" && first !== '[' && first !== '{') return word(text, false);
  const cursor = { text, at: 0 };
  const value = flow(cursor, 0);
  if (cursor.at !== text.length) throw new NotPlain();
  return value;
}

function flow(cursor: Cursor, depth: number): Value {
  if (depth > maxDepth) throw new NotPlain();
  switch (cursor.text[cursor.at]) {
    case '"':
      return doubleQuoted(cursor);
    case "'":
      return singleQuoted(cursor);
    case '[':
      return flowList(cursor, depth);
    case '{':
      return flowMapping(cursor, depth);
    case undefined:
    default: {
      const end = /[,[\]{}]/.exec(cursor.text.slice(cursor.at))?.index;
      if (end === undefined) throw new NotPlain();
      const raw = cursor.text.slice(cursor.at, cursor.at + end);
      cursor.at += end;
      return word(raw.trim(), true);
    }
  }
}

function flowList(cursor: Cursor, depth: number): Value {
  const items: Value[] = [];
  cursor.at += 1;
  for (;;) {
    skipBlanks(cursor);
    if (cursor.text[cursor.at] === ']') {
      cursor.at += 1;
      return items;
    }
    items.push(flow(cursor, depth + 1));
    separate(cursor, ']');
  }
}

function flowMapping(cursor: Cursor, depth: number): Value {
  const result: Record<string, Value> = {};
  cursor.at += 1;
  for (;;) {
    skipBlanks(cursor);
    if (cursor.text[cursor.at] === '}') {
      cursor.at += 1;
      return result;
    }
    const found = /^([A-Za-z_][A-Za-z0-9_-]*): +(?=[^ ,}\]])/.exec(cursor.text.slice(cursor.at));
    const [whole, name = ''] = found ?? [];
    if (whole === undefined || Object.hasOwn(result, name) || name === '__proto__') throw new NotPlain();
    cursor.at += whole.length;
    result[name] = flow(cursor, depth + 1);
    separate(cursor, '}');
  }
}

function skipBlanks(cursor: Cursor): void {
  while (cursor.text[cursor.at] === ' ') cursor.at += 1;
}

/** A comma, or the end, which stays. */
function separate(cursor: Cursor, end: string): void {
  skipBlanks(cursor);
  const next = cursor.text[cursor.at];
  if (next === ',') cursor.at += 1;
  else if (next !== end) throw new NotPlain();
}

function doubleQuoted(cursor: Cursor): string {
  const found = /^"(?:[^"\\]|\\["\\ntr0/])*"/.exec(cursor.text.slice(cursor.at))?.[0];
  if (found === undefined) throw new NotPlain();
  cursor.at += found.length;
  const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0' };
  return found.slice(1, -1).replace(/\\(.)/g, (_whole, one: string) => escapes[one] ?? one);
}

function singleQuoted(cursor: Cursor): string {
  const found = /^'(?:[^']|'')*'/.exec(cursor.text.slice(cursor.at))?.[0];
  if (found === undefined) throw new NotPlain();
  cursor.at += found.length;
  return found.slice(1, -1).replaceAll("''", "'");
}

const numeric = /^[-+]?(?:\d+|\d*\.\d+|\d+\.\d*)(?:[eE][-+]?\d+)?$/;

/** A word without quotes, as YAML 1.2's core schema reads it. */
function word(raw: string, inFlow: boolean): Value {
  if (!/^[A-Za-z0-9_./^(+*~$<-]/.test(raw) && !/^[\u00a1-\uffff]/.test(raw)) throw new NotPlain();
  if (/: |:$| #|^[-?:] |^-$|^---|^\.\.\.|^\*/.test(raw)) throw new NotPlain();
  if (inFlow && /["'#:]/.test(raw)) throw new NotPlain();
  if (/^(?:null|Null|NULL|~)$/.test(raw)) return null;
  if (/^(?:true|True|TRUE)$/.test(raw)) return true;
  if (/^(?:false|False|FALSE)$/.test(raw)) return false;
  if (numeric.test(raw)) return Number(raw);
  if (/^[-+]?\.(?:inf|nan)$/i.test(raw) || /^0[xo]/.test(raw)) throw new NotPlain();
  return raw;
}
