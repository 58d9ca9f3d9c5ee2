// Failures that were read are ruled on: measured, compared with the base, forgiven, or left to stand (FLAKES.md 6.3). What is measured is an
// attempt of the run like any other.

import { decide } from '../flakes/decide/decide.ts';
import type { Ruling } from '../flakes/decide/case.ts';
import type { BuilderName } from '../fleet/fleet.ts';
import { intend, isOutOfTheWay, type Attempt, type Task } from './attempt.ts';
import { nextOrdinal, votingBuilders } from './attempts.ts';
import { caseOf } from './case-of.ts';
import { change, changeAttempt, type Draft } from './draft.ts';
import { pausedFor, pauseAfterAbsence } from './due-force.ts';
import { provesSomething, voteInQuestion } from './due-readings.ts';
import type { KeptRuling } from './kept-ruling.ts';
import { basisOf, isFinal, isInQuestion, rulingOn } from './ruled.ts';

type Ask = Extract<Ruling, { action: 'measure' | 'control' }>;

/** Rules on every failure of which enough is known, and asks for the measures that the others need. */
export function rule(draft: Draft): void {
  const { run } = draft;
  if (run.phase !== 'started' || run.refusal !== null || run.outOfTime !== null) return;
  for (const { name } of votingBuilders(run)) ruleOn(draft, name);
  // A failure that stands spares the builders before it their measures as well.
  if (Object.values(draft.run.rulings).some(isFinal))
    for (const { name } of votingBuilders(run)) ruleOn(draft, name);
  for (const { name } of votingBuilders(run)) {
    const ruling = rulingOn(draft.run, name);
    if (ruling !== null && isFinal(ruling)) dropMeasures(draft, name);
  }
}

function measuresOf(draft: Draft, builder: BuilderName): readonly Attempt[] {
  return draft.run.attempts.filter((attempt) => attempt.builder === builder && attempt.role !== 'vote');
}

function ruleOn(draft: Draft, builder: BuilderName): void {
  const vote = voteInQuestion(draft.run, builder);
  if (vote === null || isInQuestion(vote) !== true || rulingOn(draft.run, builder) !== null) return;
  const unread = measuresOf(draft, builder).some(
    (attempt) => provesSomething(attempt) && attempt.reading === null,
  );
  if (unread) return;
  const ruling = decide(caseOf(draft.run, builder, draft.world));
  switch (ruling.action) {
    case 'measure':
    case 'control':
      ask(draft, builder, ruling);
      return;
    case 'infra':
      // No word on the change: it is built again within the retries, as any trouble is (RUNS.md 6.1).
      changeAttempt(draft, vote, {
        outcome: { kind: 'infrastructure', why: ruling.why, checkoutFailed: false },
      });
      return;
    case 'forgive':
    case 'withdraw': {
      const { action, why, summary } = ruling;
      keep(draft, builder, { action, result: null, why, summary, unmeasured: false });
      return;
    }
    case 'fail': {
      const { result, why, failure } = ruling;
      const what =
        failure === null ? null : `${failure.class}: ${failure.testId ?? failure.file ?? failure.kind}`;
      const summary = what === null ? '' : `${what} on ${builder}`;
      keep(draft, builder, { action: 'fail', result, why, summary, unmeasured: false });
    }
  }
}

function keep(draft: Draft, builder: BuilderName, ruling: Omit<KeptRuling, 'basis'>): void {
  const kept = { ...ruling, basis: basisOf(draft.run) };
  change(draft, { rulings: { ...draft.run.rulings, [builder]: kept } });
}

/** Another builder whose failure stands: measuring the rest would only cost builds. */
function lostAlready(draft: Draft, builder: BuilderName): BuilderName | undefined {
  const lost = Object.entries(draft.run.rulings).find(([name, each]) => name !== builder && isFinal(each));
  return lost?.[0] as BuilderName | undefined;
}

function ask(draft: Draft, builder: BuilderName, asked: Ask): void {
  const other = lostAlready(draft, builder);
  if (other !== undefined) {
    const why = `it was not measured whether this is a flake, for the failure on ${other} stands`;
    keep(draft, builder, { action: 'fail', result: 'FAILURE', why, summary: '', unmeasured: true });
    return;
  }
  const { rulings } = draft.run;
  // What was ruled before more became known holds no longer.
  if (rulings[builder] !== undefined) {
    change(draft, {
      rulings: Object.fromEntries(Object.entries(rulings).filter(([name]) => name !== builder)),
    });
  }
  const lost = measuresOf(draft, builder).filter(({ outcome }) => outcome?.kind === 'void');
  if (asked.builds === 0 || !lost.every(isOutOfTheWay)) return;
  if (lost.length > 0 && !pausedFor(draft, builder, pauseAfterAbsence(lost))) return;
  const last = lost.at(-1)?.outcome;
  const vacant = !(last?.kind === 'void' && last.merged);
  for (let left = asked.builds; left > 0; left--) intendMeasure(draft, builder, { ...taskOf(asked), vacant });
}

function taskOf(asked: Ask): { readonly role: 'measure' | 'control'; readonly task: Task } {
  const base =
    asked.action === 'control' ? { ...asked.base, revision: asked.base.revision.toLowerCase() } : null;
  return { role: asked.action, task: { tests: testsOf(asked), repeat: asked.repeat, base, recheck: null } };
}

/** Longer than the field of the force scheduler: then the whole suite is one run. */
const mostTestText = 8_000;

function testsOf({ tests }: Ask): readonly string[] {
  return tests === null || tests.join(' ').length > mostTestText ? [] : tests;
}

function intendMeasure(
  draft: Draft,
  builder: BuilderName,
  place: { readonly role: 'measure' | 'control'; readonly task: Task; readonly vacant: boolean },
): void {
  const ordinal = nextOrdinal(draft.run, builder);
  const attempt = intend(builder, { ordinal, counts: 'voting', ...place });
  change(draft, { attempts: [...draft.run.attempts, attempt] });
}

/** Ends what is measured for nothing any more; what is at Buildbot is then cleaned up, and what may be there is still searched for. */
function dropMeasures(draft: Draft, builder: BuilderName): void {
  for (const attempt of measuresOf(draft, builder)) {
    if (attempt.state === 'ended' || attempt.state === 'unclear' || attempt.sending !== null) continue;
    changeAttempt(draft, attempt, {
      state: 'ended',
      complete: attempt.complete || attempt.request === null,
      outcome: { kind: 'aborted', why: 'the failure was decided without it' },
      endedAt: draft.now.wall,
    });
  }
}
