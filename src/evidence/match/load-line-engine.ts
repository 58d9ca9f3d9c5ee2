// Loads the engine when it is first needed: re2 alone is 20 MB.

import type { LineEngine } from '../../flakes/signature/line-pattern.ts';
import type { KeptBytes } from './keep-prepared.ts';
import { createLineEngine } from './line-engine.ts';
import type { RegexDriver } from './regex-driver.ts';

async function driver(): Promise<RegexDriver> {
  try {
    return (await import('./re2-driver.ts')).re2Driver;
  } catch {
    // It was not compiled here (build-re2.mjs said why); whoever starts says so by the engine's name.
    return (await import('./re2js-driver.ts')).re2jsDriver;
  }
}

/**
 * The engine: RE2 where it was compiled, else re2js, which does the same more slowly.
 *
 * @param kept where what is prepared for many patterns is looked for, and kept
 */
export async function loadLineEngine(kept?: KeptBytes): Promise<LineEngine> {
  return createLineEngine(await driver(), kept);
}
