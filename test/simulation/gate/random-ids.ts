// While a course is played what the process calls random is drawn from its seed, so that ids, and whatever comes in their order, are the
// same each time.

import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { below, type Chance } from '../flakes/chance.ts';

const real = crypto.randomBytes;

function drawn(chance: Chance): (size: number) => Buffer {
  return (size) => Buffer.from(Array.from({ length: size }, () => below(chance, 256)));
}

/** Takes the place of `randomBytes` until the function that it gives is called. */
export function drawIds(chance: Chance): () => void {
  Object.assign(crypto, { randomBytes: drawn(chance) });
  syncBuiltinESMExports();
  return () => {
    Object.assign(crypto, { randomBytes: real });
    syncBuiltinESMExports();
  };
}
