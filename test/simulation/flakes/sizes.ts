// How much is simulated: enough to prove the bars, or enough for the tests.

import type { Size } from './cells.ts';

/** 10,000 regressions in each world of each cell; about two minutes of one core. */
export const full: Omit<Size, 'seed'> = { good: 200_000, regressions: 10_000, sick: 1000 };

export const short: Omit<Size, 'seed'> = { good: 4000, regressions: 60, sick: 20 };
