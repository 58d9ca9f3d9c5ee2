// What the control socket may ask for: reads the body, calls the port, and says in HTTP what came of it.

import type { IncomingMessage } from 'node:http';
import type {
  Actions,
  Caller,
  ForgetOutcome,
  ModeOutcome,
  PromoteOutcome,
  ReloadOutcome,
} from '../views/actions.ts';
import { sinceForm, sinceOf } from '../views/since.ts';
import { oneLine } from '../views/text.ts';
import type { PlanOutcome, Views } from '../views/views.ts';
import { bugOf, readBody, reasonOf, submissionOf } from './body.ts';
import { viewDeadline, within } from './deadline.ts';
import { json, jsonError, type Reply } from './reply.ts';
import type { Command } from './route.ts';

/** A durable write may be tried for 60 s (RUNS.md 2.3). */
const actDeadline = 65_000;

function caller(request: IncomingMessage): Caller {
  const name = request.headers['x-gearbridge-caller'];
  return { name: typeof name === 'string' && name !== '' ? oneLine(name, 64) : 'unknown' };
}

function mode(outcome: ModeOutcome): Reply {
  return outcome.kind === 'ok' ? json({ changed: outcome.changed }) : jsonError(503, outcome.why);
}

function reload(outcome: ReloadOutcome): Reply {
  return outcome.kind === 'ok'
    ? json({ changes: outcome.changes, findings: [] })
    : json({ changes: [], findings: outcome.findings });
}

function plan(outcome: PlanOutcome): Reply {
  switch (outcome.kind) {
    case 'ok':
      return json(outcome.plan);
    case 'not-found':
      return jsonError(404, 'no such job definition', { known: outcome.known });
    case 'refused':
      return jsonError(422, outcome.why);
    case 'unavailable':
      return jsonError(503, outcome.why);
  }
}

interface Asked {
  readonly views: Views;
  readonly actions: Actions;
  readonly request: IncomingMessage;
  readonly body: Readonly<Record<string, unknown>>;
}

async function submit({ views, actions, request, body }: Asked): Promise<Reply> {
  const submission = submissionOf(body);
  if (submission.kind === 'bad') return jsonError(submission.status, submission.why);
  if (body['dry_run'] === true) {
    return plan(await within(viewDeadline, 'the plan', views.plan(submission.value)));
  }
  const outcome = await within(
    actDeadline,
    'the submission',
    actions.submit(submission.value, caller(request)),
  );
  switch (outcome.kind) {
    case 'ok':
      return json({ number: outcome.number, url: outcome.url }, 201);
    case 'not-found':
      return jsonError(404, 'no such job definition', { known: outcome.known });
    case 'refused':
      return jsonError(422, outcome.why);
    case 'unavailable':
      return jsonError(503, outcome.why);
  }
}

async function cancel(number: string, { actions, request, body }: Asked): Promise<Reply> {
  const reason = reasonOf(body);
  if (reason.kind === 'bad') return jsonError(reason.status, reason.why);
  const asked = actions.cancel(number, reason.value, caller(request));
  const outcome = await within(actDeadline, `the cancellation of job ${number}`, asked);
  switch (outcome.kind) {
    case 'ok':
      return json({ number: outcome.number });
    case 'not-found':
      return jsonError(404, `no job ${number}`);
    case 'over':
      return jsonError(409, `job ${number} is over already`, { result: outcome.result });
    case 'unavailable':
      return jsonError(503, outcome.why);
  }
}

async function recheck(number: string, { actions, request, body }: Asked): Promise<Reply> {
  const bug = bugOf(body);
  if (bug.kind === 'bad') return jsonError(bug.status, bug.why);
  const asked = actions.recheck(number, bug.value, caller(request));
  const outcome = await within(actDeadline, `the recheck of job ${number}`, asked);
  switch (outcome.kind) {
    case 'ok':
      return json({ number: outcome.number, builders: outcome.builders }, 201);
    case 'not-found':
      return jsonError(404, `no job ${number}`);
    case 'refused':
      return jsonError(409, outcome.why);
    case 'unavailable':
      return jsonError(503, outcome.why);
  }
}

/** What came of an act on one job. */
function acted(outcome: PromoteOutcome | ForgetOutcome, number: string): Reply {
  switch (outcome.kind) {
    case 'ok':
      return json({ number, ...outcome });
    case 'not-found':
      return jsonError(
        404,
        `no job ${number} is known here; one that waits at a Gearman server has no number yet`,
      );
    case 'refused':
      return jsonError(409, outcome.why);
    case 'unavailable':
      return jsonError(503, outcome.why);
  }
}

/** `promote` and `forget`, which want a reason for the record. */
async function actOn(
  number: string,
  what: 'promote' | 'forget',
  { actions, request, body }: Asked,
): Promise<Reply> {
  const reason = reasonOf(body);
  if (reason.kind === 'bad') return jsonError(reason.status, reason.why);
  if (reason.value.trim() === '') return jsonError(400, 'reason: it is missing; say why, for the record');
  const asked: Promise<PromoteOutcome | ForgetOutcome> =
    what === 'promote'
      ? actions.promote(number, reason.value, caller(request))
      : actions.forget(number, reason.value, caller(request));
  return acted(await within(actDeadline, `${what} of job ${number}`, asked), number);
}

async function importBuilds({ actions, request, body }: Asked): Promise<Reply> {
  const window = typeof body['since'] === 'string' ? sinceOf(body['since']) : null;
  if (window === null) return jsonError(400, `since: ${sinceForm}`);
  const outcome = await within(actDeadline, 'the import', actions.importBuilds(window, caller(request)));
  switch (outcome.kind) {
    case 'ok':
      return json({ started: true }, 201);
    case 'running':
      return jsonError(409, 'an import is under way already');
    case 'unavailable':
      return jsonError(503, outcome.why);
  }
}

/** Carries out a command of the control socket. Rejects only by accident; the caller turns that into 500. */
export async function act(
  command: Command,
  { views, actions, request }: Omit<Asked, 'body'>,
): Promise<Reply> {
  const body = await readBody(request);
  if (body.kind === 'bad') {
    return { ...jsonError(body.status, body.why), headers: { connection: 'close' } };
  }
  const asked: Asked = { views, actions, request, body: body.value };
  switch (command.kind) {
    case 'submit':
      return submit(asked);
    case 'cancel':
      return cancel(command.number, asked);
    case 'recheck':
      return recheck(command.number, asked);
    case 'promote':
    case 'forget':
      return actOn(command.number, command.kind, asked);
    case 'import':
      return importBuilds(asked);
    case 'reload':
      return reload(await within(actDeadline, 'the reload', actions.reload(caller(request))));
    case 'compare-config':
      return reload(await within(actDeadline, 'the comparison', actions.compareConfig()));
    case 'reconcile': {
      const dry = asked.body['dry_run'] === true;
      const outcome = await within(actDeadline, 'the comparison', actions.reconcile(dry, caller(request)));
      return outcome.kind === 'ok'
        ? json({ differences: outcome.differences, more: outcome.more })
        : jsonError(503, outcome.why);
    }
    case 'drain':
      return mode(await within(actDeadline, 'drain', actions.drain(caller(request))));
    case 'resume':
      return mode(await within(actDeadline, 'resume', actions.resume(caller(request))));
  }
}
