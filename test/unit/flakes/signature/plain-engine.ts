// A line engine for tests of what stands around it: simple, slow, V8's regexes on Latin-1. The real ones have their own contract.

import type { LineEngine, LinePattern } from '../../../../src/flakes/signature/line-pattern.ts';

function found(pattern: LinePattern, line: string): boolean {
  if (pattern.kind === 'literal') return line.includes(Buffer.from(pattern.text).toString('latin1'));
  // As in RE2, a point is any byte of the line.
  const flags = pattern.source.startsWith('(?i)') ? 'is' : 's';
  const source = Buffer.from(pattern.source.replace(/^\(\?i\)/, '')).toString('latin1');
  return new RegExp(source, flags).test(line);
}

export const plainEngine: LineEngine = {
  name: 're2',
  refusal(source) {
    if (/\(\?[=!<]/.test(source)) return 'no look-around';
    try {
      new RegExp(source.replace(/^\(\?i\)/, ''));
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  },
  compile: (patterns) => ({
    matcher(hit) {
      let text = '';
      return {
        write: (chunk) => void (text += Buffer.from(chunk).toString('latin1')),
        end() {
          const lines = text.split('\n');
          if (lines.at(-1) === '') lines.pop();
          lines.forEach((line, index) =>
            patterns.forEach((pattern, number) => {
              if (found(pattern, line.replace(/\r$/, ''))) hit(number, index + 1);
            }),
          );
        },
      };
    },
  }),
};
