// Both ports over one database.

import type { History } from './history.ts';
import type { Journal } from './journal.ts';
import type { Sharing } from './sharing.ts';

/** Closing the journal closes the history as well. */
export interface Store extends Journal {
  readonly history: History;
  /** null: no other daemon can use it at the same time. */
  readonly sharing: Sharing | null;
  /** What in the settings of its server endangers what it keeps, as of the start; sentences with the cure. */
  readonly doubts: readonly string[];
}
