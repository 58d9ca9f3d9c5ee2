// `jobs recheck`: what failed in a decided run is measured once more. It is recorded and shown, changes no verdict, and is no evidence for
// another run (RUNS.md 9.8).

import type { BuilderName } from '../fleet/fleet.ts';
import { intend, type Attempt } from './attempt.ts';
import { nextOrdinal, votesOf } from './attempts.ts';
import { change, type Draft } from './draft.ts';
import type { Run } from './run.ts';

const repeatsAsked = 20;
const plainName = /^[A-Za-z0-9_.]+$/;

export function isRecheck({ task }: Attempt): boolean {
  return task?.recheck != null;
}

/** The builders whose failure stands in the verdict and is not being measured again already; none while the run is undecided. */
export function recheckable(run: Run): readonly BuilderName[] {
  if (run.phase !== 'decided') return [];
  const failed = (run.verdict?.builders ?? []).filter(
    ({ role, state, result }) => role === 'voting' && state === 'failed' && result === 'FAILURE',
  );
  const open = run.attempts.filter((attempt) => isRecheck(attempt) && attempt.state !== 'ended');
  return failed.map(({ name }) => name).filter((name) => !open.some(({ builder }) => builder === name));
}

/** The failing files; none: the whole suite, where nothing was read or a name may not be sent (FLAKES.md 6.3b rule 5). */
function testsOf(run: Run, builder: BuilderName): readonly string[] {
  const files = (votesOf(run, builder).at(-1)?.reading?.failures ?? []).map(({ file }) => file);
  const plain = files.filter((file) => file !== null && plainName.test(file));
  return plain.length < files.length ? [] : [...new Set(plain.flatMap((file) => file ?? []))];
}

/** One measure on each of them. Advisory: it delays and changes nothing, and is left to finish. */
export function recheck(draft: Draft, event: { readonly bug: string }): void {
  for (const builder of recheckable(draft.run)) {
    const task = { tests: testsOf(draft.run, builder), repeat: repeatsAsked, base: null, recheck: event.bug };
    const ordinal = nextOrdinal(draft.run, builder);
    const attempt = intend(builder, { ordinal, role: 'measure', counts: 'advisory', vacant: true, task });
    change(draft, { attempts: [...draft.run.attempts, attempt] });
  }
}
