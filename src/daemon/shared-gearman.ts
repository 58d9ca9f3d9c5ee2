// The gatekeeper's side where instances share runs: a binding belongs to the instance whose connection has it, and what the holder of
// the run has for it goes there by letter (RUNS.md 9.9).

import { randomBytes } from 'node:crypto';
import type { ConnectionId, Handle } from '../gate/ids.ts';
import { instanceOf } from '../gate/ids.ts';
import type { Gearman } from '../gearman/gearman.ts';
import type { Log } from '../observe/log.ts';
import type { InstanceId, Sharing } from '../store/sharing.ts';

type Delivery = Awaited<ReturnType<Gearman['finish']>>;

/** What a letter to an instance says. */
export type Errand =
  | {
      readonly kind: 'data';
      readonly connection: ConnectionId;
      readonly handle: Handle;
      readonly state: object;
      readonly first: boolean;
    }
  | {
      readonly kind: 'finish';
      readonly id: string;
      readonly connection: ConnectionId;
      readonly handle: Handle;
      readonly state: object;
    }
  | { readonly kind: 'finished'; readonly id: string; readonly delivery: Delivery };

export interface SharedGearman {
  /** The adapter, through which connections of other instances can be written to as well. */
  readonly gearman: Gearman;
  /** Does what another instance asks for. Rejects with a `StoreError` where the answer could not be kept. */
  run(errand: Errand, from: InstanceId): Promise<void>;
}

/** Milliseconds for the other instance's answer; the answer to the gatekeeper is asked for again while it is due. */
const finishWithin = 30_000;

export function createSharedGearman(own: Gearman, sharing: Sharing, log: Log): SharedGearman {
  const open = new Map<string, (delivery: Delivery) => void>();
  const ownerOf = (connection: ConnectionId): InstanceId | null => {
    const owner = instanceOf(connection) as InstanceId;
    return owner === sharing.self || (owner as string) === '' ? null : owner;
  };
  const post = (instance: InstanceId, errand: Errand): Promise<void> =>
    sharing.send({ to: 'instance', instance }, errand);

  const finishThere = (owner: InstanceId, errand: Omit<Extract<Errand, { kind: 'finish' }>, 'id' | 'kind'>) =>
    new Promise<Delivery>((resolve, reject) => {
      const id = randomBytes(8).toString('hex');
      const timer = setTimeout(() => {
        open.delete(id);
        resolve('unconfirmed');
      }, finishWithin);
      timer.unref();
      open.set(id, (delivery) => {
        clearTimeout(timer);
        open.delete(id);
        resolve(delivery);
      });
      post(owner, { kind: 'finish', id, ...errand }).catch((error: unknown) => {
        clearTimeout(timer);
        open.delete(id);
        reject(error instanceof Error ? error : new Error(String(error)));
      });
    });

  return {
    gearman: {
      ...own,
      data(connection, handle, state, first) {
        const owner = ownerOf(connection);
        if (owner === null) return own.data(connection, handle, state, first);
        post(owner, { kind: 'data', connection, handle, state, first }).catch((error: unknown) => {
          log.warn({ component: 'store', err: error }, 'could not hand data for a job to its instance');
        });
        return true;
      },
      finish(connection, handle, state) {
        const owner = ownerOf(connection);
        return owner === null
          ? own.finish(connection, handle, state)
          : finishThere(owner, { connection, handle, state });
      },
    },
    async run(errand, from) {
      switch (errand.kind) {
        case 'data':
          own.data(errand.connection, errand.handle, errand.state, errand.first);
          return;
        case 'finish': {
          const delivery = await own.finish(errand.connection, errand.handle, errand.state);
          await post(from, { kind: 'finished', id: errand.id, delivery });
          return;
        }
        case 'finished':
          open.get(errand.id)?.(errand.delivery);
      }
    },
  };
}
