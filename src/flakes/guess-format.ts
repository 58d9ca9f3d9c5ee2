// Whether a saved log has a letter for the stream before each line. Only the command guesses: in the gate the caller knows.

import type { LogFormat } from './line.ts';

// What begins with o, e or h in a log without prefixes, short enough to be all of an excerpt.
const words =
  /^(?:error|err|oserror|exception|expected|exit|every|each|executing|ok|old|on|other|output|option|host|hint|hello|have|http)/i;

/** The format of a log that begins with this text; the last line may be incomplete. */
export function guessFormat(text: string): LogFormat {
  const lines = text.split('\n');
  // The tail is cut by the size of the look, or empty behind the last newline.
  if (lines.length > 1) lines.pop();
  // A part of a log may begin in the middle of a line.
  const whole = lines.length > 4 ? lines.slice(1) : lines;
  if (whole.length === 0 || whole.some((line) => !/^[oeh]/.test(line))) return 'raw';
  // A few lines may all begin with these letters by chance; a longer log does not.
  if (whole.length <= 4 && whole.some((line) => words.test(line) && !words.test(line.slice(1)))) return 'raw';
  return 'contents';
}
