// Regressions: how many of those that showed in a vote end SUCCESS all the same.

import { shareOf, type Share } from './bounds.ts';
import type { Chance } from './chance.ts';
import { gateChange } from './gate.ts';
import { sceneOf } from './told.ts';
import { flakyVotes, pasts, regressionVotes, type Regression, type World } from './world.ts';

const epoch = 250;

/** The other flakes of the fleet go on as ever. What the regression breaks is no file that it names: the worst case. */
export function regressions(
  regression: Regression,
  world: World,
  options: { runs: number; chance: Chance },
): Share {
  const { runs, chance } = options;
  let forgiven = 0;
  let past = pasts(world, chance);
  for (let run = 0; run < runs; run += 1) {
    if (run % epoch === 0) past = pasts(world, chance);
    const shown = [...regressionVotes(regression, world, chance), ...flakyVotes(world, chance)];
    const end = gateChange(sceneOf(shown, { world, pasts: past, touched: -1 }), chance);
    if (end.success) forgiven += 1;
  }
  return shareOf(forgiven, runs);
}
