// What a tool's table is: rules for lines. One file for each tool.

import type { LogLine } from './line.ts';
import type { Scene } from './scene.ts';

export interface Rule {
  /** Text that every line of this rule has: looked for first, because it is cheap. */
  readonly hint: string;
  readonly pattern: RegExp;
  /** Takes the line; false hands it on to the next rule. */
  readonly take: (found: RegExpExecArray, scene: Scene, line: LogLine) => boolean | undefined;
}

export interface Tool {
  readonly name: string;
  readonly rules: readonly Rule[];
}
