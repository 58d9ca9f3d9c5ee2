// How the daemon reaches what lies outside its process. In production there is one way; the simulation puts its own world in the place.

import { createMaster } from '../buildbot/create-master.ts';
import type { Master } from '../buildbot/master.ts';
import type { MasterOptions } from '../buildbot/options.ts';
import { createReader, type Reader, type ReaderOptions } from '../evidence/reader/create-reader.ts';
import { createGearman } from '../gearman/create-gearman.ts';
import type { Gearman, GearmanListener } from '../gearman/gearman.ts';
import type { GearmanOptions } from '../gearman/options.ts';
import type { Machine } from './pressure.ts';
import { thisMachine } from './this-machine.ts';

export interface Outside {
  readonly master: (options: MasterOptions) => Master;
  readonly gearman: (options: GearmanOptions, listener: GearmanListener) => Gearman;
  /** Reads logs in a thread of its own. */
  readonly reader: (options: ReaderOptions) => Reader;
  readonly machine: () => Machine;
}

export const realOutside: Outside = {
  master: createMaster,
  gearman: createGearman,
  reader: createReader,
  machine: thisMachine,
};
