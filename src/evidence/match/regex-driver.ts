// What the two RE2 libraries have to do for us.

/** Whether the text holds a match. The text is UTF-8 of characters up to U+00FF. */
export type Test = (text: Buffer) => boolean;

export interface RegexDriver {
  readonly name: 're2' | 're2js';
  /** Compiles a source of emit-pattern.ts. @throws {Error} with the library's reason. */
  compile(source: string): Test;
  /** The end of the first match at or after `from`, -1: none. null: the library is no faster at it than line by line. @throws {Error} */
  search(source: string): ((text: Buffer, from: number) => number) | null;
}
