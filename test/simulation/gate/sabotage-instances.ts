// Defects in what several daemons on one store do together (RUNS.md 8.4 and 9.9), and in short replies (4.7).

import type { Sharing } from '../../../src/store/sharing.ts';
import type { Store } from '../../../src/store/store.ts';
import type { Defect } from './defect.ts';

/** A defect in how daemons share; with a store of its own a daemon has none of it. */
function inSharing(change: (sharing: Sharing) => Sharing): NonNullable<Defect['store']> {
  return (store) => ({ ...store, sharing: store.sharing === null ? null : change(store.sharing) });
}

/** A run that was taken over is taken back, and written as it was. */
function takeBack(store: Store): Store {
  const { sharing } = store;
  if (sharing === null) return store;
  return {
    ...store,
    async write(run, place) {
      const outcome = await store.write(run, place);
      const lease = (await sharing.leases()).find((each) => each.run === run.id);
      if (outcome.kind !== 'not-held' || lease === undefined) return outcome;
      await sharing.claim(lease, false);
      return store.write(run, place);
    },
  };
}

/** By name, each made anew for a course. */
export const instanceDefects: Readonly<Record<string, () => Defect>> = {
  'take-back-what-was-taken-over': () => ({ rule: '9.9', store: takeBack }),
  'nobody-takes-over': () => ({
    rule: '9.9',
    store: inSharing((sharing) => ({ ...sharing, claim: async () => null })),
  }),
  'lose-letters-to-runs': () => ({
    rule: '8.4',
    store: inSharing((sharing) => ({
      ...sharing,
      send: async (box, body) => (box.to === 'run' ? undefined : sharing.send(box, body)),
    })),
  }),
  'deaf-to-errands': () => ({
    rule: '9.9',
    store: inSharing((sharing) => ({
      ...sharing,
      letters: async () => (await sharing.letters()).filter(({ box }) => box.to === 'run'),
    })),
  }),
  'fill-up-a-short-reply': () => ({
    rule: '4.7',
    master: (master) => ({
      ...master,
      force: async (call) => {
        const result = await master.force(call);
        const [first] = result.kind === 'forced' ? result.requests : [];
        if (result.kind !== 'forced' || first === undefined) return result;
        const known = new Set(result.requests.map(({ builder }) => builder));
        const missing = call.builders.filter((builder) => !known.has(builder));
        return {
          ...result,
          requests: [...result.requests, ...missing.map((builder) => ({ ...first, builder }))],
        };
      },
    }),
  }),
};
