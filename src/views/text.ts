// Text from outside, made fit to be shown: control characters visible, one line, bounded. Every function is idempotent, so a
// text that went through twice reads the same.

// C0 and C1 controls, the bidirectional overrides that make text read as something else, line and paragraph separators, and halves of surrogate pairs.
const unfit = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

function escaped(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  const code = character.codePointAt(0) ?? 0xfffd;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

/** The text with every control character written out (`\x1b`, `\n`, `\u{202e}`): safe for a terminal, a page and a log line. */
export function visible(text: string): string {
  return text.replace(unfit, escaped);
}

/** At most `max` UTF-16 units, an ellipsis in place of what was cut; never half a character. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  const kept = text.slice(0, Math.max(0, max - 1));
  const whole = /[\ud800-\udbff]$/.test(kept) ? kept.slice(0, -1) : kept;
  return `${whole}…`;
}

/** One bounded line: runs of white space become a blank, what is left of control characters is made visible. */
export function oneLine(text: string, max: number): string {
  // Cut first: a hostile text of megabytes must not be rewritten whole to show a hundred characters of it.
  const near = text.length > max * 4 ? text.slice(0, max * 4) : text;
  return clip(visible(near.replace(/[\s\u2028\u2029]+/gu, ' ').trim()), max);
}

/** Milliseconds since 1970 as ISO 8601 in UTC. */
export function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
