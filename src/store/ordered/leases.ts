// Leases as records, so that the write of a run and the proof that it is still ours are one step.
//   lease/<run id>    holder, token and version; there as long as the run is open

import type { RunId } from '../../gate/ids.ts';
import type { InstanceId, Lease } from '../sharing.ts';
import type { View, Write } from './group-commit.ts';
import { seal, unseal } from './record.ts';

export const leasePrefix = 'lease/';
export const leaseKey = (run: string): string => `${leasePrefix}${run}`;

type Kept = Omit<Lease, 'run'>;

export function readLease(key: string, text: string): Lease {
  const run = key.slice(leasePrefix.length) as RunId;
  // Only this file writes leases, and the checksum has proved the text.
  return { run, ...(unseal(key, text) as Kept) };
}

/** Reads all leases again and again, some times a second, of which nearly all are as they were. Keeps the last ones alone. */
export function leaseReader(): (
  found: readonly (readonly [key: string, text: string])[],
) => readonly Lease[] {
  let known = new Map<string, { readonly text: string; readonly lease: Lease }>();
  return (found) => {
    const last = known;
    known = new Map(
      found.map(([key, text]) => {
        const before = last.get(key);
        return [key, before?.text === text ? before : { text, lease: readLease(key, text) }];
      }),
    );
    return [...known.values()].map(({ lease }) => lease);
  };
}

function leaseIn(view: View, run: string): Lease | null {
  const text = view.get(leaseKey(run));
  return text === undefined ? null : readLease(leaseKey(run), text);
}

function put(view: View, { run, ...kept }: Lease): void {
  view.put(leaseKey(run), seal(kept satisfies Kept));
}

/** Who holds the run; null: nobody. */
export function holderIn(view: View, run: RunId): InstanceId | null {
  return leaseIn(view, run)?.holder ?? null;
}

/** Notes in the write of a run that `self` holds it, or that nobody does where it is closed. Nobody else may hold it. */
export function keepLease(
  view: View,
  run: RunId,
  { self, open }: { readonly self: InstanceId; readonly open: boolean },
): void {
  const lease = leaseIn(view, run);
  if (open) put(view, { ...(lease ?? first(run, self)), version: (lease?.version ?? 0) + 1 });
  else view.del(leaseKey(run));
}

function first(run: RunId, holder: InstanceId): Lease {
  return { run, holder, token: 1, version: 0, falls: 0 };
}

/** Takes the run from the holder that the lease names; `fell`: over it, as it seems. The new lease, or null where it could not. */
export function claimLease(
  lease: Lease,
  { self, fell }: { readonly self: InstanceId; readonly fell: boolean },
): Write<Lease | null> {
  return {
    bytes: 100,
    reads: [leaseKey(lease.run)],
    apply: (view) => {
      const now = leaseIn(view, lease.run);
      if (now === null || now.holder !== lease.holder || now.token !== lease.token) return null;
      const ours = {
        run: lease.run,
        holder: self,
        token: now.token + 1,
        version: now.version + 1,
        falls: now.falls + (fell ? 1 : 0),
      };
      put(view, ours);
      return ours;
    },
  };
}
