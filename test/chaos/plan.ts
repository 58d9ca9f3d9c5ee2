// What an act will be, drawn from its seed before it begins: who is on the stage, and what goes wrong when.

import { createChance } from '../fuzz/chance.ts';
import { kindsFor, type Edge, type FaultKind } from './fault-kinds.ts';

export interface PlannedFault {
  readonly kind: FaultKind;
  /** Milliseconds after the act began. */
  readonly at: number;
  /** Milliseconds that it lasts, where it lasts. */
  readonly span: number;
  /** Which of several it hits, and which way: 0 to below 1,000. */
  readonly pick: number;
}

export interface Plan {
  readonly seed: number;
  readonly edge: Edge;
  readonly store: 'embedded' | 'redis';
  readonly daemons: 1 | 2 | 3;
  /** Milliseconds in which faults come and changes are wanted; then all must come to its end. */
  readonly lasts: number;
  readonly faults: readonly PlannedFault[];
}

type Cast = Pick<Plan, 'edge' | 'store' | 'daemons'>;

/** The casts of acts, one after the other; the first two are the short form. */
const casts: readonly [Cast, ...Cast[]] = [
  { edge: 'sharp', store: 'redis', daemons: 2 },
  { edge: 'blunt', store: 'redis', daemons: 2 },
  { edge: 'sharp', store: 'embedded', daemons: 1 },
  { edge: 'blunt', store: 'redis', daemons: 3 },
  { edge: 'sharp', store: 'redis', daemons: 3 },
  { edge: 'blunt', store: 'embedded', daemons: 1 },
];

/** Milliseconds without a fault at the begin, so that something runs; and how far they are apart at most. */
const calm = 4_000;
const apart = 3_000;
/** Most spans are short, some are longer than every deadline of a lease or a call. */
const spans = [500, 1_000, 2_000, 4_000, 8_000, 14_000, 24_000, 40_000] as const;

/** The act with that number, from 0 on, of a campaign with that seed. */
export function drawPlan({ seed, act, lasts }: { seed: number; act: number; lasts: number }): Plan {
  const own = (seed * 1_000 + act) >>> 0;
  const chance = createChance(own);
  const cast = casts[act % casts.length] ?? casts[0];
  const kinds = kindsFor(cast.edge, cast.store);
  const faults: PlannedFault[] = [];
  // Each kind has had its turn before one comes again: chance alone leaves some out for long. What waits for a certain request comes
  // twice, for it may wait in vain.
  let bag: FaultKind[] = [];
  for (let at = calm; at < lasts; at += 500 + chance.whole(apart)) {
    if (bag.length === 0)
      bag = [...kinds, ...kinds.filter((kind) => /^(force|verdict|assignment)/.test(kind))];
    const [kind] = bag.splice(chance.whole(bag.length), 1);
    if (kind === undefined) break;
    const longest = spans.filter((span) => span <= lasts / 2);
    faults.push({
      kind,
      at,
      span: longest[chance.whole(longest.length)] ?? spans[0],
      pick: chance.whole(1_000),
    });
  }
  return { seed: own, ...cast, lasts, faults };
}
