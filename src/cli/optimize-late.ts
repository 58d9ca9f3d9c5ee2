// For commands that end within a second or two.

import { setFlagsFromString } from 'node:v8';

/** The newest Node of which it is known that it has the flag; to another it would be an error on stderr. */
const newest = 24;

/**
 * Lets V8 optimise only what runs for long. Loading a thousand signatures warms up a hundred functions, and optimising them takes
 * more time than it saves: on one core 0.2 s of 0.6 s (`npm run bench -- --only match-load`).
 */
export function optimizeLate(): void {
  const major = Number.parseInt(process.versions.node, 10);
  // Bytes of bytecode that a function runs before it is looked at; 67,584 by default.
  if (major <= newest) setFlagsFromString('--interrupt-budget=500000');
}
