// What the gatekeeper's side does to a run: jobs come, lose their connection, are stopped, get their answers (RUNS.md 2, 8.1, 9).

import { change, changeJob, settle, type Draft } from './draft.ts';
import type { RunEvent } from './event.ts';
import { instanceOf, type ConnectionId, type EffectId, type Handle, type JobNumber } from './ids.ts';
import { isLive, lostBindings, type Binding, type GearmanBinding, type Job } from './job.ts';
import { isUndecided } from './run.ts';

type Of<Kind extends RunEvent['kind']> = Extract<RunEvent, { kind: Kind }>;

/** A new job of the run; at geard it takes the place of one that lost its connection (RUNS.md 2.4 d). */
export function attach(draft: Draft, event: Of<'attached'>): void {
  // A letter of another instance may come twice.
  if (jobOf(draft, event.job.number) !== undefined) return;
  const replaced = draft.run.jobs.find((job) => job.number === event.replaces);
  if (replaced !== undefined) changeJob(draft, replaced, { state: 'closed' });
  change(draft, { jobs: [...draft.run.jobs, event.job], grace: 0 });
}

function jobOf(draft: Draft, number: JobNumber): Job | undefined {
  return draft.run.jobs.find((job) => job.number === number);
}

/** One that is void lives again where its instance was only thought dead (RUNS.md 9.9). */
function hasBinding(job: Job, binding: Binding): boolean {
  if (binding.kind === 'own') return false;
  const { connection, handle } = binding;
  return job.bindings.some(
    (each) =>
      each.kind === 'gearman' && isLive(each) && each.connection === connection && each.handle === handle,
  );
}

/** The same unique id and arguments again: one more binding (RUNS.md 2.4 a). */
export function bind(draft: Draft, event: Of<'bound'>): void {
  const job = jobOf(draft, event.number);
  if (job === undefined || hasBinding(job, event.binding)) return;
  // It was closed between its match and now: whoever waits on the new handle must have an answer all the same.
  const reopened =
    job.state === 'closed' ? ({ state: job.answer === null ? 'open' : 'answered' } as const) : {};
  changeJob(draft, job, { ...reopened, bindings: [...job.bindings, event.binding] });
  change(draft, { grace: 0 });
}

export function describe(draft: Draft, event: Of<'described'>): void {
  const job = jobOf(draft, event.number);
  if (job !== undefined) changeJob(draft, job, { description: event.text });
}

/** Whether a job still asks for the run: it is listening, or its server will hand it out again (RUNS.md 8.1). */
function keepsRun(job: Job): boolean {
  if (job.state !== 'open') return false;
  return job.bindings.some(isLive) || lostBindings(job).some((binding) => binding.serverKind === 'gearmand');
}

/** Ends the run without a verdict: nobody asks for it any more. Its clean-up goes on by itself. */
export function stopRun(draft: Draft): void {
  const jobs = draft.run.jobs.map((job): Job => (job.state === 'open' ? { ...job, state: 'closed' } : job));
  change(draft, { phase: 'stopped', jobs });
}

/** `stop:` or `jobs cancel`. A job that is answered already gets nothing more. */
export function detach(draft: Draft, event: Of<'detached'>): void {
  const job = jobOf(draft, event.number);
  if (job?.state !== 'open') return;
  const answer = { word: 'ABORTED', summary: event.why, reason: event.why } as const;
  changeJob(draft, job, { state: 'answered', answer, answeredAt: draft.now.wall });
  if (isUndecided(draft.run) && !draft.run.jobs.some(keepsRun)) stopRun(draft);
}

function mapBindings(draft: Draft, map: (binding: GearmanBinding) => GearmanBinding): void {
  const mapOne = (binding: Binding) => (binding.kind === 'gearman' ? map(binding) : binding);
  change(draft, { jobs: draft.run.jobs.map((job) => ({ ...job, bindings: job.bindings.map(mapOne) })) });
}

function dropEffectsOf(draft: Draft, gone: (connection: ConnectionId, handle: Handle) => boolean): void {
  const effects = draft.run.effects.filter(
    (effect) =>
      !((effect.kind === 'announce' || effect.kind === 'answer') && gone(effect.connection, effect.handle)),
  );
  change(draft, { effects });
}

/** A handle dies with its connection (RUNS.md 9.1). One whose client left before stays so: nobody is on the way back. */
export function loseConnection(draft: Draft, connection: ConnectionId): void {
  mapBindings(draft, (binding) =>
    binding.connection === connection && isLive(binding)
      ? { ...binding, state: 'void', endedAt: draft.now.wall }
      : binding,
  );
  dropEffectsOf(draft, (of) => of === connection);
}

/** The client is gone though the connection stands: nobody is on the way back (RUNS.md 9.2). */
export function loseClient(draft: Draft, connection: ConnectionId, handle: Handle): void {
  const isIt = (binding: GearmanBinding) =>
    binding.connection === connection && binding.handle === handle && isLive(binding);
  mapBindings(draft, (binding) =>
    isIt(binding) ? { ...binding, state: 'left', endedAt: draft.now.wall } : binding,
  );
  dropEffectsOf(draft, (of, at) => of === connection && at === handle);
}

/** After a restart no handle of the time before means anything, but those on connections of other instances that live (RUNS.md 9.1, 9.9). */
export function loseConnectionsBut(draft: Draft, alive: readonly string[]): void {
  const isGone = (connection: ConnectionId) => !alive.includes(instanceOf(connection));
  mapBindings(draft, (binding) =>
    isLive(binding) && isGone(binding.connection)
      ? { ...binding, state: 'void', endedAt: draft.now.wall }
      : binding,
  );
  dropEffectsOf(draft, () => true);
}

/** The first data is out. Written down with the next change: after a crash the binding is void anyway. */
export function noteAnnounced(draft: Draft, id: EffectId): void {
  const effect = settle(draft, id);
  if (effect?.kind !== 'announce') return;
  const isIt = (binding: GearmanBinding) =>
    binding.connection === effect.connection && binding.handle === effect.handle;
  mapBindings(draft, (binding) => (isIt(binding) ? { ...binding, announced: true } : binding));
  draft.changed = false;
}

/** The answer was written; only `confirmed` says that the server took it for this very job (RUNS.md 9.3). */
export function noteAnswered(draft: Draft, event: Of<'answered'>): void {
  const effect = settle(draft, event.effect);
  if (effect?.kind !== 'answer') return;
  const isIt = (binding: GearmanBinding) =>
    binding.connection === effect.connection && binding.handle === effect.handle;
  mapBindings(draft, (binding) => (isIt(binding) ? { ...binding, answered: true } : binding));
  const job = jobOf(draft, effect.number);
  if (job !== undefined && event.delivery === 'confirmed') changeJob(draft, job, { confirmed: true });
}
