// What came of the effects that a run asked for at Buildbot.

import type { BuilderName } from '../fleet/fleet.ts';
import type { Attempt } from './attempt.ts';
import { boundedReading } from './bounded-reading.ts';
import { change, changeAttempt, settle, type Draft } from './draft.ts';
import type { FoundRequest, RunEvent } from './event.ts';
import type { EffectId, RequestId } from './ids.ts';

type Of<Kind extends RunEvent['kind']> = Extract<RunEvent, { kind: Kind }>;

/** Requests left over by a lost journal take the place of the run's first votes, marker and all (RUNS.md 4.4). */
export function noteAdoption(draft: Draft, event: Of<'adoption'>): void {
  if (settle(draft, event.effect) === undefined) return;
  change(draft, { adopted: true });
  for (const found of event.found) {
    const attempt = draft.run.attempts.find(
      (each) =>
        each.builder === found.builder &&
        each.state === 'intended' &&
        each.sending === null &&
        each.role === 'vote',
    );
    if (attempt !== undefined) take(draft, attempt, found);
  }
}

function take(draft: Draft, attempt: Attempt, found: FoundRequest): void {
  const { marker, buildset, request } = found;
  const sentAt = attempt.sentAt ?? draft.now.wall;
  changeAttempt(draft, attempt, {
    marker,
    buildset,
    request,
    sentAt,
    sending: null,
    state: 'queued',
    listed: false,
    searchedAt: [],
  });
}

function sentBy(draft: Draft, effect: EffectId): readonly Attempt[] {
  return draft.run.attempts.filter((attempt) => attempt.sending === effect);
}

/** The answer to a force call, or that there was none. */
export function noteForce(draft: Draft, event: Of<'force-result'>): void {
  settle(draft, event.effect);
  const attempts = sentBy(draft, event.effect);
  const { result } = event;
  switch (result.kind) {
    case 'forced':
      for (const attempt of attempts) {
        const request = result.requests.find((each) => each.builder === attempt.builder)?.request;
        if (request !== undefined) {
          changeAttempt(draft, attempt, {
            sending: null,
            state: 'queued',
            buildset: result.buildset,
            request,
          });
        }
      }
      refuseMissing(draft, sentBy(draft, event.effect));
      return;
    case 'not-sent':
    case 'not-ready':
      // What was not sent keeps its ordinal and gets a new marker with its next sending.
      for (const attempt of attempts)
        changeAttempt(draft, attempt, { sending: null, marker: null, sentAt: null });
      if (result.kind === 'not-ready') change(draft, { notReady: result.why });
      return;
    case 'unclear':
      for (const attempt of attempts) changeAttempt(draft, attempt, { sending: null, state: 'unclear' });
      return;
    case 'refused':
      for (const attempt of attempts)
        giveUp(draft, attempt, `Buildbot refused the force call: ${result.why}`);
      return;
  }
}

/** A reply that names fewer builders than were asked for must never pass for the whole (RUNS.md 4.7). */
function refuseMissing(draft: Draft, missing: readonly Attempt[]): void {
  const names = missing.map((attempt) => attempt.builder).join(', ');
  for (const attempt of missing) {
    giveUp(
      draft,
      attempt,
      `Buildbot made no request for ${names}: does the force scheduler serve that builder?`,
    );
  }
}

/** A voting builder that cannot be forced refuses the run; an advisory one is recorded and no more (RUNS.md 3.3). */
function giveUp(draft: Draft, attempt: Attempt, why: string): void {
  const outcome = { kind: 'config-error', why } as const;
  changeAttempt(draft, attempt, {
    sending: null,
    state: 'ended',
    complete: true,
    outcome,
    endedAt: draft.now.wall,
  });
  // A measure that cannot be forced proves nothing; what it was to judge stands (RUNS.md 1.3).
  if (attempt.role === 'vote' && attempt.counts === 'voting' && draft.run.refusal === null)
    change(draft, { refusal: { word: 'CONFIG_ERROR', why } });
}

/** A search for the marker of an unclear sending (RUNS.md 4.2): found, or another search that found nothing. */
export function noteSearch(draft: Draft, event: Of<'search-result'>): void {
  const effect = settle(draft, event.effect);
  if (effect?.kind !== 'search') return;
  const isIt = (attempt: Attempt) => attempt.state === 'unclear' && attempt.marker === effect.marker;
  const found = event.found.filter((each) => each.marker === effect.marker);
  const byBuilder = new Map<BuilderName, FoundRequest>(found.map((each) => [each.builder, each]));
  for (const attempt of draft.run.attempts.filter(isIt)) {
    const request = byBuilder.get(attempt.builder);
    if (request !== undefined) take(draft, attempt, request);
  }
  const left = draft.run.attempts.filter(isIt);
  if (found.length > 0) refuseMissing(draft, left);
  else for (const attempt of left) noteAbsence(draft, attempt);
}

const searchesNeeded = 2;

function noteAbsence(draft: Draft, attempt: Attempt): void {
  const searchedAt = [...attempt.searchedAt, draft.run.life];
  if (searchedAt.length < searchesNeeded) {
    changeAttempt(draft, attempt, { searchedAt });
    return;
  }
  const outcome = { kind: 'void', why: 'the force call never arrived at Buildbot', merged: false } as const;
  changeAttempt(draft, attempt, {
    searchedAt,
    state: 'ended',
    complete: true,
    outcome,
    endedAt: draft.now.wall,
  });
}

export function noteVacancy(draft: Draft, event: Of<'vacancy-result'>): void {
  const effect = settle(draft, event.effect);
  if (effect?.kind !== 'vacancy' || !event.vacant) return;
  const attempt = draft.run.attempts.find(
    (each) => each.builder === effect.builder && each.state === 'intended' && !each.vacant,
  );
  if (attempt !== undefined) changeAttempt(draft, attempt, { vacant: true });
}

/** Buildbot never says whether a stop or cancel did anything; only a 403 is news (BUILDBOT.md section 5). */
export function noteControl(draft: Draft, event: Of<'control-result'>): void {
  const effect = settle(draft, event.effect);
  if (effect?.kind !== 'cancel' && effect?.kind !== 'stop') return;
  const attempt = draft.run.attempts.find((each) => each.request === effect.request);
  if (attempt?.asked == null) return;
  // It counts from its answer: in a burst the master takes its time, and would be asked twice.
  const asked = { ...attempt.asked, at: draft.run.life };
  const refused = event.outcome === 'forbidden' ? { refused: true, lookedSince: false } : {};
  changeAttempt(draft, attempt, { asked: { ...asked, ...refused } });
}

export function noteAudit(draft: Draft, event: Of<'audit-result'>): void {
  const effect = settle(draft, event.effect);
  if (effect?.kind !== 'audit') return;
  const found = { ended: effect.ended, began: event.began };
  change(draft, { audits: { ...draft.run.audits, [effect.builder]: found } });
}

/** What went wrong in a build, kept with its attempt. The first reading counts; a build that has ended says nothing new. */
export function noteReading(draft: Draft, event: Of<'build-read'>): void {
  if (settle(draft, event.effect)?.kind !== 'read') return;
  const attempt = draft.run.attempts.find((each) => each.request === event.request);
  if (attempt?.reading === null) changeAttempt(draft, attempt, { reading: boundedReading(event.reading) });
}

const mostReadings = 3;

/** A build that cannot be read in its time, again and again, must not hold the verdict up: nothing of it is excused. */
function noteUnread(draft: Draft, request: RequestId): void {
  const attempt = draft.run.attempts.find((each) => each.request === request);
  if (attempt === undefined) return;
  const unread = attempt.unread + 1;
  const doubt = `its logs could not be read in ${unread} tries`;
  const reading = { failures: [], more: 0, doubt, repeats: null, base: null };
  changeAttempt(draft, attempt, unread < mostReadings ? { unread } : { unread, reading });
}

/** An effect without an outcome. A force call that was given up may have arrived all the same (RUNS.md 4.2); all else is asked for again. */
export function noteEnd(draft: Draft, effect: EffectId): void {
  const ended = settle(draft, effect);
  if (ended?.kind === 'read') noteUnread(draft, ended.request);
  for (const attempt of sentBy(draft, effect))
    changeAttempt(draft, attempt, { sending: null, state: 'unclear' });
}

const longAgo = 3_600_000;

/** After a restart: what was being sent is unclear, every other effect is asked for again where it is still due (RUNS.md 1.3, 1.5). */
export function forgetEffects(draft: Draft): void {
  for (const attempt of draft.run.attempts) {
    if (attempt.sending !== null) changeAttempt(draft, attempt, { sending: null, state: 'unclear' });
    else if (attempt.asked !== null)
      changeAttempt(draft, attempt, { asked: { ...attempt.asked, at: draft.run.life - longAgo } });
  }
  if (draft.run.effects.length > 0) change(draft, { effects: [] });
}
