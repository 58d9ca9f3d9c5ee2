// Nothing rots on the simulated disk. Where a course does not need the checksums of its records they are short work: the length of the text.

import { syncBuiltinESMExports } from 'node:module';
import zlib from 'node:zlib';

const real = zlib.crc32;

/** Takes the place of `crc32` until the function that it gives is called. */
export function lightenSums(): () => void {
  Object.assign(zlib, { crc32: (text: string) => text.length });
  syncBuiltinESMExports();
  return () => {
    Object.assign(zlib, { crc32: real });
    syncBuiltinESMExports();
  };
}
