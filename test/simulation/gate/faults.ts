// What can go wrong in a course, and when: a list drawn from the seed before the course begins, so that a shorter one can be tried.

import { below, type Chance } from '../flakes/chance.ts';

export const faultKinds = [
  'crash',
  'crash-at-step',
  'force-refused',
  'force-lost',
  'force-answer-lost',
  'force-late',
  'force-slipped',
  'master-cut',
  'master-restart',
  'master-killed',
  'calls-flaky',
  'not-ready',
  'control-lost',
  'cancel-forbidden',
  'events-lost',
  'events-doubled',
  'events-late',
  'socket-cut',
  'worker-lost',
  'worker-away',
  'platform-away',
  'person-cancels',
  'person-stops',
  'person-rebuilds',
  'builders-renumbered',
  'connection-cut',
  'connection-cut-silently',
  'server-restart',
  'client-reconnects',
  'item-dropped',
  'item-dropped-and-wanted',
  'item-wanted-twice',
  'recheck',
  'store-refuses',
  'store-slow',
  'freeze',
  'store-cut',
  'poison',
  'force-short',
] as const;

export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  readonly kind: FaultKind;
  /** Simulated milliseconds. */
  readonly at: number;
  /** Milliseconds that it lasts, where it lasts. */
  readonly span: number;
  /** Where it chooses among things, which: 0 up to below 1. */
  readonly pick: number;
}

/** Faults of one course, by time. Short spans are the rule, and some are longer than every deadline of the course. */
export function drawFaults(chance: Chance, count: number, until: number): readonly Fault[] {
  const faults = Array.from({ length: count }, (): Fault => {
    const kind = faultKinds[below(chance, faultKinds.length)] ?? 'crash';
    const span = Math.round(200 * 600 ** chance());
    return { kind, at: Math.round(2_000 + chance() * until), span, pick: chance() };
  });
  return faults.sort((one, other) => one.at - other.at);
}
