// Text from a master or a build made fit for one line of a log, a page or a terminal.

// Controls, line separators, direction changes and other invisible characters: Cc, Cf, Zl, Zp, and lone surrogates.
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * One line of at most `limit` characters: white space is joined to single spaces, and what cannot be seen is written as
 * `\u{1b}`. A cut is shown by `…`.
 */
export function oneLine(text: string, limit: number): string {
  // Cut first, so that a long text costs no more than a short one; an escape is at most 10 characters.
  const short = text.slice(0, limit * 2);
  const line = short
    .replace(/[\t\n\v\f\r ]+/g, ' ')
    .trim()
    .replace(unseen, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
  return line.length > limit || short.length < text.length ? `${line.slice(0, limit - 1)}…` : line;
}

/** What a caught value says, for a message. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
