// What a driver brings along to be put under the contract suites.

import type { Store } from '../../../src/store/store.ts';

export interface OpenWish {
  /** Called before each durable step with the number of writes in it; may throw, and so refuse it. */
  readonly beforeSync?: (writes: number) => void | Promise<void>;
  readonly manager?: string;
  readonly maxWaiting?: number;
  readonly patience?: number;
}

export interface StoreUnderTest {
  /** Opens the store; again and again on the same data. */
  open(wish?: OpenWish): Promise<Store>;
  /** How `writer.ts` opens the same data in a process of its own. */
  readonly writer: { readonly driver: string; readonly place: string };
  /** Damages the stored record of a run. */
  damage(id: string): Promise<void>;
  /** Takes all data away. */
  dispose(): Promise<void>;
}
