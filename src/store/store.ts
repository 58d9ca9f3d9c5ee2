// Both ports over one database.

import type { History } from './history.ts';
import type { Journal } from './journal.ts';

/** Closing the journal closes the history as well. */
export interface Store extends Journal {
  readonly history: History;
}
