// A terminal that keeps what was written to it.

import type { Terminal } from '../../../src/cli/terminal.ts';

export interface TestTerminal extends Terminal {
  readonly written: { out: string; err: string };
  interrupt(): void;
}

export function createTerminal(
  given: { env?: Record<string, string>; interactive?: boolean; columns?: number } = {},
): TestTerminal {
  const written = { out: '', err: '' };
  const controller = new AbortController();
  return {
    written,
    out(text) {
      written.out += text;
    },
    err(text) {
      written.err += text;
    },
    interactive: given.interactive ?? false,
    columns: () => given.columns ?? 200,
    env: given.env ?? {},
    interruption: () => controller.signal,
    ending: () => controller.signal,
    interrupt: () => controller.abort(),
  };
}
