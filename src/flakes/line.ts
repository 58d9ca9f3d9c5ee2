// One line of a log, and what is taken off it before it is read.

/** `contents`: Buildbot's stdio with a letter for the stream before each line. `raw`: without. */
export type LogFormat = 'contents' | 'raw';

export interface LogLine {
  /** From 1, as the log counts. */
  readonly number: number;
  /** Buildbot's own line. In the raw format nobody can tell, so it is false there. */
  readonly header: boolean;
  readonly text: string;
}

// CSI and OSC sequences and two-character escapes; an OSC that does not end is cut at 256 characters and at the line's end.
const escapes = new RegExp(
  String.raw`\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b\n]{0,256}(?:\u0007|\u001b\\)?|[ -/]*[0-~])`,
  'g',
);

/** The text without terminal sequences; ends of lines stay. */
export function withoutEscapes(text: string): string {
  return text.includes('\u001b') ? text.replace(escapes, '') : text;
}
