// One step of a run: an event is taken in, then everything that is due is done (RUNS.md 1.5). Pure: the same run, event and
// moment always give the same run and effects. After each event the whole run is looked at again, so that a lost or doubled
// event costs time at the most.

import { checkoutFailedEverywhere } from './attempts.ts';
import { tickClocks } from './clocks.ts';
import { change, draftOf, type Draft } from './draft.ts';
import { announce, answerJobs } from './due-answers.ts';
import { closeVotes, confirmUnheard, endAttempts } from './due-attempts.ts';
import { cleanUp } from './due-cleanup.ts';
import { readBuilds } from './due-readings.ts';
import { askVacancy, force, intendNext, search } from './due-force.ts';
import { rule } from './due-rulings.ts';
import { adopt, endGrace, endTime, noteSlot, start } from './due-start.ts';
import type { Effect } from './effect.ts';
import type { RunEvent, World } from './event.ts';
import type { Moment } from './ids.ts';
import {
  doubtBuilds,
  noteGrowth,
  noteRequestCompleted,
  seeBuild,
  seeRequests,
  seeStep,
} from './on-buildbot.ts';
import {
  forgetEffects,
  noteAdoption,
  noteAudit,
  noteControl,
  noteEnd,
  noteForce,
  noteReading,
  noteSearch,
  noteVacancy,
} from './on-effect.ts';
import {
  attach,
  bind,
  describe,
  detach,
  loseClient,
  loseConnection,
  loseConnectionsBut,
  noteAnnounced,
  noteAnswered,
} from './on-job.ts';
import { recheck } from './recheck.ts';
import { isRuled } from './ruled.ts';
import { isUndecided, type Run } from './run.ts';
import { isComplete, verdictOf } from './verdict.ts';

export interface Happening {
  readonly event: RunEvent;
  readonly world: World;
}

export interface Step {
  readonly run: Run;
  /** What to carry out once the run is written. */
  readonly effects: readonly Effect[];
  /** False when only clocks moved: such a run may be written later. */
  readonly changed: boolean;
}

/** What happens to a run, and what is to be done about it. */
export function transition(run: Run, happening: Happening, now: Moment): Step {
  const draft = draftOf(run, happening.world, now);
  tickClocks(draft);
  take(draft, happening.event);
  advance(draft);
  const changed = draft.changed ? { ...draft.run, changedAt: now.wall } : draft.run;
  return { run: changed, effects: draft.emitted, changed: draft.changed };
}

function take(draft: Draft, event: RunEvent): void {
  switch (event.kind) {
    case 'poke':
      return;
    case 'restarted':
      loseConnectionsBut(draft, event.alive ?? []);
      forgetEffects(draft);
      doubtBuilds(draft);
      if (event.aside !== undefined) putAside(draft, event.aside);
      return;
    case 'attached':
      attach(draft, event);
      return;
    case 'bound':
      bind(draft, event);
      return;
    case 'described':
      describe(draft, event);
      return;
    case 'detached':
      detach(draft, event);
      return;
    case 'promoted':
      if (draft.run.phase === 'waiting') change(draft, { promotedAt: draft.now.wall });
      return;
    case 'recheck':
      recheck(draft, event);
      return;
    case 'connection-lost':
      loseConnection(draft, event.connection);
      return;
    case 'client-left':
      loseClient(draft, event.connection, event.handle);
      return;
    case 'seen':
      seeRequests(draft, event);
      return;
    case 'build-seen':
      seeBuild(draft, event);
      return;
    case 'build-grew':
      noteGrowth(draft, event);
      return;
    case 'events-missed':
      doubtBuilds(draft);
      return;
    case 'step-seen':
      seeStep(draft, event);
      return;
    case 'request-completed':
      noteRequestCompleted(draft, event);
      return;
    case 'announced':
      noteAnnounced(draft, event.effect);
      return;
    case 'answered':
      noteAnswered(draft, event);
      return;
    case 'adoption':
      noteAdoption(draft, event);
      return;
    case 'force-result':
      noteForce(draft, event);
      return;
    case 'search-result':
      noteSearch(draft, event);
      return;
    case 'vacancy-result':
      noteVacancy(draft, event);
      return;
    case 'control-result':
      noteControl(draft, event);
      return;
    case 'audit-result':
      noteAudit(draft, event);
      return;
    case 'build-read':
      noteReading(draft, event);
      return;
    case 'effect-ended':
      noteEnd(draft, event.effect);
      return;
  }
}

/** Ends a run that nobody can work on; a verdict that has fallen stands. */
function putAside(draft: Draft, why: string): void {
  if (isUndecided(draft.run) && draft.run.refusal === null)
    change(draft, { refusal: { word: 'INFRA_FAILURE', why } });
}

/** Everything that is due, in an order in which each part sees what the one before has done. */
function advance(draft: Draft): void {
  announce(draft);
  endGrace(draft);
  noteSlot(draft);
  endTime(draft);
  start(draft);
  adopt(draft);
  endAttempts(draft);
  intendNext(draft);
  askVacancy(draft);
  force(draft);
  search(draft);
  readBuilds(draft);
  rule(draft);
  decide(draft);
  answerJobs(draft);
  cleanUp(draft);
}

/** The verdict falls when every voting builder has its outcome and its failures are ruled on, or when a refusal or the run's deadline leaves no other (RUNS.md 7.1). */
function decide(draft: Draft): void {
  if (isUndecided(draft.run)) {
    refuseBadRef(draft);
    if (!isDecidable(draft)) return;
    const verdict = verdictOf(draft.run, draft.now.wall);
    change(draft, { phase: 'decided', verdict });
  }
  closeVotes(draft, draft.run.phase === 'stopped' ? 'the run was stopped' : 'the verdict had fallen');
}

function isDecidable(draft: Draft): boolean {
  const { run } = draft;
  if (run.refusal !== null || run.outOfTime !== null) return true;
  return run.phase === 'started' && isComplete(run) && isRuled(run) && confirmUnheard(draft);
}

/** No builder could check the commit out: the fault is in what was asked for (RUNS.md section 6, below the table). */
function refuseBadRef(draft: Draft): void {
  const { run } = draft;
  if (run.terms === null || run.refusal !== null || run.phase !== 'started' || !checkoutFailedEverywhere(run))
    return;
  // Whoever was not heard of must be so still: a build that began meanwhile may have got the ref.
  if (!confirmUnheard(draft)) return;
  const { repository, revision, forceBranch } = run.terms.change;
  const why = `no builder could check out ${revision} (${forceBranch}) from ${repository}`;
  change(draft, { refusal: { word: 'CONFIG_ERROR', why } });
}
