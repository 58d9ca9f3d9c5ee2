// One change through the gate: its votes, then whatever the real `decide` asks for, until every builder that failed has its ruling.

import type { CaseAttempt, Ruling } from '../../../src/flakes/decide/case.ts';
import { decide } from '../../../src/flakes/decide/decide.ts';
import type { Repeats } from '../../../src/flakes/reading.ts';
import type { Chance } from './chance.ts';
import { keyOf, names, repeatedBuild, type Scene } from './told.ts';
import { platformOf, type Trouble } from './world.ts';

/** By what a builder's failure was excused or left standing. */
export type Rule = 'known flake' | 'seen on the base' | 'already red' | 'control' | 'stands';

export interface BuilderEnd {
  readonly rule: Rule;
  readonly builds: number;
  readonly why: string;
}

export interface ChangeEnd {
  readonly success: boolean;
  readonly builds: number;
  readonly ends: readonly BuilderEnd[];
}

/** What the factory does with `gate_tests` and `gate_repeat`: stops at the sixth repeat that fails. */
function repeat(
  troubles: readonly Trouble[],
  ask: { readonly tests: readonly string[] | null; readonly repeat: number },
  fails: (trouble: Trouble) => boolean,
): Repeats {
  const run = troubles.filter(({ file }) => ask.tests?.includes(`test_${file}`) ?? true);
  const byKey: Record<string, number> = {};
  let ran = 0;
  let failed = 0;
  while (ran < ask.repeat && failed < 6) {
    ran += 1;
    const now = run.filter(fails);
    if (now.length > 0) failed += 1;
    for (const trouble of now) byKey[keyOf(trouble)] = (byKey[keyOf(trouble)] ?? 0) + 1;
  }
  return { ran, failed, byKey };
}

function ruleOf(ruling: Extract<Ruling, { action: 'forgive' | 'withdraw' }>): Rule {
  const by = ruling.excused.map((each) => each.by);
  if (by.includes('control')) return 'control';
  if (by.includes('already-red')) return 'already red';
  return by.includes('seen-on-base') ? 'seen on the base' : 'known flake';
}

interface Moment {
  readonly scene: Scene;
  readonly chance: Chance;
  /** Coverage holds without this builder. */
  readonly spare: boolean;
}

/** Asks until there is a ruling; every measure and control is one build. */
function settle(builder: number, { scene, chance, spare }: Moment): { end: BuilderEnd; withdrawn: boolean } {
  const troubles = scene.troubles.get(builder) ?? [];
  const measured: CaseAttempt[] = [];
  for (;;) {
    const ruling = decide({
      builder: names[builder] ?? '',
      attempts: [...scene.votes, ...measured],
      policy: { coverageWithout: spare, canRepeat: true, wholeBuildsFit: true, budgets: [] },
    });
    const { why } = ruling;
    const builds = measured.length;
    switch (ruling.action) {
      case 'measure':
      case 'control': {
        const role = ruling.action;
        const fails = ({ onChange, onBase }: Trouble) => chance() < (role === 'measure' ? onChange : onBase);
        measured.push(repeatedBuild(builder, role, repeat(troubles, ruling, fails)));
        if (measured.length > 50) throw new Error(`no ruling on ${names[builder] ?? ''}: ${why}`);
        break;
      }
      case 'forgive':
      case 'withdraw':
        return { end: { rule: ruleOf(ruling), builds, why }, withdrawn: ruling.action === 'withdraw' };
      case 'fail':
      case 'infra':
        return { end: { rule: 'stands', builds, why }, withdrawn: false };
    }
  }
}

/** Carries a change through; the first failure that stands spares the rest. Each of four platforms needs one builder. */
export function gateChange(scene: Scene, chance: Chance): ChangeEnd {
  const left = [0, 1, 2, 3].map(
    (platform) => names.filter((_, builder) => platformOf(builder) === platform).length,
  );
  const ends: BuilderEnd[] = [];
  let builds = 0;
  for (const builder of scene.troubles.keys()) {
    const platform = platformOf(builder);
    const { end, withdrawn } = settle(builder, { scene, chance, spare: (left[platform] ?? 0) > 1 });
    ends.push(end);
    builds += end.builds;
    if (end.rule === 'stands') return { success: false, builds, ends };
    if (withdrawn) left[platform] = (left[platform] ?? 0) - 1;
  }
  return { success: true, builds, ends };
}
