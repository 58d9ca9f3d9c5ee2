// The Sharing port over an engine and its serial place. Keys beside the leases:
//   instance/<id>                          its last beat
//   letter/run-<run id>/<time>-<from>-<nth>        a letter to whoever holds the run
//   letter/instance-<id>/<time>-<from>-<nth>       a letter to one instance
//   meta/slots                             the runs that have a slot

import type { RunId } from '../../gate/ids.ts';
import type { Box, InstanceId, Letter, Sharing } from '../sharing.ts';
import type { Engine } from './engine.ts';
import type { GroupCommit, View, Write } from './group-commit.ts';
import { claimLease, leaseKey, leasePrefix, leaseReader, readLease } from './leases.ts';
import { seal, sortable, unseal } from './record.ts';
import { stampKey } from './schema.ts';

const mostLeases = 20_000;
const mostInstances = 1_000;
const mostLetters = 1_000;
const slotsKey = 'meta/slots';
const letterPrefix = 'letter/';
const instanceKey = (id: InstanceId): string => `instance/${id}`;

function boxName(box: Box): string {
  return box.to === 'run' ? `run-${box.run}` : `instance-${box.instance}`;
}

function readBox(name: string): Box {
  const [to, id = ''] = name.split('-', 2);
  return to === 'run' ? { to, run: id as RunId } : { to: 'instance', instance: id as InstanceId };
}

function readLetter(key: string, text: string): Letter {
  const [, box = '', tail = ''] = key.split('/');
  const from = (tail.split('-')[1] ?? '') as InstanceId;
  return { key, box: readBox(box), from, body: unseal(key, text) };
}

/** A change that rests on nothing. */
function plain(bytes: number, apply: (view: View) => void): Write<void> {
  return { bytes, reads: [], apply };
}

/** Runs with a slot that are still open: a lease that is gone has left its slot behind. */
function slotsIn(view: View): readonly RunId[] {
  const text = view.get(slotsKey);
  return text === undefined ? [] : (unseal(slotsKey, text) as readonly RunId[]);
}

/** The Sharing port of the instance `self`; `stamp` says whose database it is (schema.ts). */
export function orderedSharing(
  engine: Engine,
  commits: GroupCommit,
  { self, stamp }: { readonly self: InstanceId; readonly stamp: string },
): Sharing {
  let nth = 0;
  let beat = 0;
  const readLeases = leaseReader();
  const now = (): string => sortable(Date.now(), 'the time of a letter');

  const holds = async (run: RunId): Promise<boolean> => {
    const [text] = await engine.get([leaseKey(run)]);
    return text !== undefined && readLease(leaseKey(run), text).holder === self;
  };

  /** Slots of runs that are over: their lease is gone, and none of them comes back. */
  const leftBehind = async (): Promise<{
    readonly all: readonly RunId[];
    readonly gone: ReadonlySet<RunId>;
  }> => {
    const [text] = await engine.get([slotsKey]);
    const all = text === undefined ? [] : (unseal(slotsKey, text) as readonly RunId[]);
    const leases = await engine.get(all.map(leaseKey));
    return { all, gone: new Set(all.filter((_, at) => leases[at] === undefined)) };
  };

  const changeSlots = <Result>(change: (held: readonly RunId[]) => readonly [readonly RunId[], Result]) =>
    commits.submit({
      bytes: 1_000,
      reads: [slotsKey],
      apply: (view) => {
        const [slots, result] = change(slotsIn(view));
        view.put(slotsKey, seal(slots));
        return result;
      },
    });

  return {
    self,
    beat: () =>
      commits.submit({
        bytes: 50,
        reads: [stampKey],
        apply: (view) => {
          view.put(instanceKey(self), seal((beat = Math.max(beat + 1, Date.now()))));
          // A Redis that came back empty is filled again by those that live; it must not look like a stranger's.
          if (view.get(stampKey) === undefined) view.put(stampKey, stamp);
        },
      }),
    leave: (instance) => commits.submit(plain(50, (view) => view.del(instanceKey(instance)))),
    beats: async () => {
      const found = await engine.scan({ prefix: 'instance/', limit: mostInstances });
      return new Map(
        found.map(([key, text]) => [
          key.slice('instance/'.length) as InstanceId,
          unseal(key, text) as number,
        ]),
      );
    },
    leases: async () => {
      return readLeases(await engine.scan({ prefix: leasePrefix, limit: mostLeases }));
    },
    holds,
    claim: (lease, fell) => commits.submit(claimLease(lease, { self, fell })),
    send: (box, body) => {
      const text = seal(body);
      const key = `${letterPrefix}${boxName(box)}/${now()}-${self}-${sortable(++nth, 'a letter')}`;
      return commits.submit(plain(text.length, (view) => view.put(key, text)));
    },
    letters: async () => {
      const found = await engine.scan({ prefix: letterPrefix, limit: mostLetters });
      return found.map(([key, text]) => readLetter(key, text));
    },
    discard: (keys) =>
      keys.length === 0
        ? Promise.resolve()
        : commits.submit(plain(100, (view) => keys.forEach((key) => view.del(key)))),
    reserve: async (run, slots) => {
      const { all, gone } = await leftBehind();
      if (all.includes(run) && !gone.has(run)) return true;
      // Before its first write is kept a run has no lease, and its slot would count as left behind.
      if (all.length - gone.size >= slots || !(await holds(run))) return false;
      return changeSlots((now) => {
        const kept = now.filter((each) => !gone.has(each) && each !== run);
        return kept.length < slots ? [[...kept, run], true] : [kept, false];
      });
    },
    release: (run) => changeSlots((all) => [all.filter((each) => each !== run), undefined]),
  };
}
