// What the gatekeeper's side needs where instances share the store; with a store of one daemon alone it does nothing.

import type { RunId } from '../gate/ids.ts';
import type { Gearman } from '../gearman/gearman.ts';
import type { Clients } from './clients.ts';
import type { Core } from './core.ts';
import { createElsewhere } from './elsewhere.ts';
import { createInstances, type Instances } from './instances.ts';
import { createSharedGearman, type SharedGearman } from './shared-gearman.ts';
import { createSlotKeeper } from './slot-keeper.ts';

export interface SharingSide {
  /** Brings the runs of other instances up to date. */
  readonly look: () => Promise<void>;
  /** What the adapter is told of us. */
  readonly instance: { readonly instance?: string };
  /** The adapter through which connections of others can be written to. Called once. */
  over(own: Gearman): Gearman;
  readonly hasSlot: (run: RunId) => boolean;
  /** null: the store is not shared. Called once. */
  start(clients: Clients): Instances | null;
}

const alone: SharingSide = {
  look: () => Promise.resolve(),
  instance: {},
  over: (own) => own,
  hasSlot: () => true,
  start: () => null,
};

export function createSharingSide(core: Core): SharingSide {
  const { store, register, elsewhere: others, config, state } = core;
  const { sharing } = store;
  if (sharing === null) return alone;
  const { log } = core.options;
  const elsewhere = createElsewhere({ sharing, journal: store, register, elsewhere: others });
  const slots = createSlotKeeper({
    sharing,
    register,
    elsewhere: others,
    maxJobs: () => config.get().maxJobs,
    startsNew: () => !state.draining && !state.stopping,
  });
  let shared: SharedGearman | null = null;
  return {
    look: async () => {
      await elsewhere.look();
    },
    instance: { instance: sharing.self },
    over(own) {
      shared = createSharedGearman(own, sharing, log);
      return shared.gearman;
    },
    hasSlot: (run) => slots.has(run),
    start(clients) {
      if (shared === null) throw new Error('instances cannot share what has no connection yet');
      const mono = (): number => performance.now();
      const { gearman } = shared;
      return createInstances({
        core,
        sharing,
        elsewhere,
        others,
        slots,
        errands: shared,
        clients,
        gearman,
        mono,
      });
    },
  };
}
