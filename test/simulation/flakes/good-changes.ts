// Good changes: how many do not end SUCCESS, what that costs, and by which rule the others were saved.

import { shareOf, type Share } from './bounds.ts';
import { below, type Chance } from './chance.ts';
import { gateChange, type BuilderEnd, type Rule } from './gate.ts';
import { sceneOf } from './told.ts';
import { flakyVotes, pasts, testFiles, type World } from './world.ts';

/** One rule: builders that it settled, and builds that it took. */
export interface Tally {
  readonly settled: number;
  readonly builds: number;
}

export interface GoodEnd {
  readonly failed: Share;
  /** Extra builds per change. */
  readonly builds: number;
  /** Changes in which some vote went wrong: so many would fail without any rule. */
  readonly flaky: Share;
  readonly rules: ReadonlyMap<Rule, Tally>;
}

/** Changes between two looks at the history. */
const epoch = 250;

function count(rules: Map<Rule, Tally>, { rule, builds }: BuilderEnd): void {
  const before = rules.get(rule) ?? { settled: 0, builds: 0 };
  rules.set(rule, { settled: before.settled + 1, builds: before.builds + builds });
}

export function goodChanges(world: World, changes: number, chance: Chance): GoodEnd {
  const rules = new Map<Rule, Tally>();
  let [failed, flaky, builds] = [0, 0, 0];
  let past = pasts(world, chance);
  for (let change = 0; change < changes; change += 1) {
    if (change % epoch === 0) past = pasts(world, chance);
    const shown = flakyVotes(world, chance);
    if (shown.length === 0) continue;
    flaky += 1;
    const end = gateChange(sceneOf(shown, { world, pasts: past, touched: below(chance, testFiles) }), chance);
    if (!end.success) failed += 1;
    builds += end.builds;
    for (const each of end.ends) count(rules, each);
  }
  return {
    failed: shareOf(failed, changes),
    flaky: shareOf(flaky, changes),
    builds: builds / changes,
    rules,
  };
}
