// One thing to say about a configuration file, and how it is said: `file:line:column: key: what is wrong, what was expected`.

export interface Position {
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
}

export interface Finding extends Position {
  readonly level: 'error' | 'warning';
  readonly file: string;
  /** Such as `jobs[0].builders.tags`; `file` and `syntax` where it is about no key. */
  readonly key: string;
  readonly sentence: string;
}

/** The finding in one line, safe to print: control characters that a file or its name holds are made visible. */
export function formatFinding(finding: Finding): string {
  const { file, line, column, key, sentence, level } = finding;
  const mark = level === 'warning' ? 'warning: ' : '';
  return visible(`${file}:${line}:${column}: ${key}: ${mark}${sentence}`);
}

/** Text with control, format and line-breaking characters written as escapes. */
export function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu,
    (found) => `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** A text in quotes, cut to one line's worth, without the password that a URL may hold. */
export function quoted(text: string): string {
  const open = text.replace(/\/\/[^/@\s]*@/g, '//***@');
  return JSON.stringify(open.length > 80 ? `${open.slice(0, 80)}...` : open);
}
