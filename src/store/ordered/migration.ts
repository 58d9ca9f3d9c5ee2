// What a step from one layout of the records to the next is.

import type { Engine } from './engine.ts';

/** One step from a version to the next. It may be cut at any place and is then run again from its beginning. */
export interface Migration {
  readonly from: number;
  run(engine: Engine): Promise<void>;
}
