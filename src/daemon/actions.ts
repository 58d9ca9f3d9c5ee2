// What may be asked of the daemon through its control socket: the port of views/.

import type { JobNumber } from '../gate/ids.ts';
import { recheckable } from '../gate/recheck.ts';
import { isOpen, isUndecided, type Run } from '../gate/run.ts';
import type { Act } from '../observe/audit.ts';
import type { Actions, CancelOutcome, ModeOutcome, RecheckOutcome, SubmitOutcome } from '../views/actions.ts';
import { jobUrl } from '../views/context.ts';
import type { ConfigInForce } from './config-in-force.ts';
import type { Engine } from './engine.ts';
import type { GrabGate } from './grab-gate.ts';
import type { Incoming, Taken } from './intake.ts';
import type { Importer } from './import-builds.ts';
import type { Register } from './register.ts';
import { forgetJob, promoteJob, type OperatorParts } from './operator.ts';
import { reconcile, type ReconcileParts } from './reconcile.ts';
import type { Tell } from './tell.ts';
import { incomingOf } from './submission.ts';

export interface ActionsParts
  extends Omit<OperatorParts, 'journal' | 'master'>, Omit<ReconcileParts, 'journal' | 'master' | 'register'> {
  readonly journal: OperatorParts['journal'] & ReconcileParts['journal'];
  readonly master: OperatorParts['master'] & ReconcileParts['master'];
  readonly config: ConfigInForce;
  readonly engine: Engine;
  readonly tell: Tell;
  readonly register: Register;
  readonly gate: GrabGate;
  readonly takeIn: (incoming: Incoming) => Promise<Taken>;
  readonly draining: { get(): boolean; set(on: boolean): void };
  readonly importer: Pick<Importer, 'start'>;
  readonly audit: (act: Act) => void;
}

/** Milliseconds that an act may wait for the store. */
const storePatience = 10_000;

function resultOf(run: Run, number: string): CancelOutcome {
  const job = run.jobs.find((each) => each.number === number);
  return { kind: 'over', result: job?.answer?.word ?? null };
}

export function createActions(parts: ActionsParts): Actions {
  const { engine, register } = parts;
  const storeSilent = {
    kind: 'unavailable',
    why: 'the store did not take the change in time; it is kept and tried again',
  } as const;

  const submit = async (submission: Parameters<Actions['submit']>[0]): Promise<SubmitOutcome> => {
    const { closed, why } = parts.gate.closed();
    if (closed === 'everything' || parts.draining.get()) return { kind: 'unavailable', why };
    const read = incomingOf(parts.config.get(), submission);
    if (read.kind === 'not-found') return read;
    const taken = await parts.takeIn(read.incoming);
    if (!(await engine.writtenWithin(taken.run, storePatience))) return storeSilent;
    const run = register.get(taken.run) ?? (await parts.journal.byNumber(taken.number));
    if (run?.refusal != null && run.terms === null) return { kind: 'refused', why: run.refusal.why };
    return { kind: 'ok', number: taken.number, url: jobUrl(parts.config.get().web.publicUrl, taken.number) };
  };

  const cancel = async (number: string, reason: string): Promise<CancelOutcome> => {
    const run = register.ofNumber(number as JobNumber) ?? (await parts.journal.byNumber(number as JobNumber));
    if (run === null) return { kind: 'not-found' };
    if (run.jobs.find((job) => job.number === number)?.state !== 'open') return resultOf(run, number);
    const why = reason === '' ? 'cancelled by an operator' : `cancelled by an operator: ${reason}`;
    await parts.tell(run.id, { kind: 'detached', number: number as JobNumber, why });
    return (await engine.writtenWithin(run.id, storePatience)) ? { kind: 'ok', number } : storeSilent;
  };

  const recheck = async (number: string, bug: string): Promise<RecheckOutcome> => {
    const known = register.ofNumber(number as JobNumber);
    const run = known ?? (await parts.journal.byNumber(number as JobNumber));
    if (run === null) return { kind: 'not-found' };
    const builders = recheckable(run);
    if (builders.length === 0) {
      const why = isUndecided(run)
        ? `job ${number} has no verdict yet`
        : `nothing failed in job ${number} that could be measured again, or it is being measured`;
      return { kind: 'refused', why };
    }
    // A closed run is kept in the journal alone; it stays in memory until what is measured has ended.
    if (known === undefined && !isOpen(run)) engine.resume(run);
    await parts.tell(run.id, { kind: 'recheck', bug });
    return (await engine.writtenWithin(run.id, storePatience))
      ? { kind: 'ok', number, builders }
      : storeSilent;
  };

  const mode = (on: boolean): ModeOutcome => {
    const changed = parts.draining.get() !== on;
    parts.draining.set(on);
    return { kind: 'ok', changed };
  };

  return {
    async submit(submission, caller) {
      const outcome = await submit(submission);
      const job = outcome.kind === 'ok' ? { job: outcome.number } : {};
      parts.audit({
        action: 'submit',
        caller: caller.name,
        outcome: outcome.kind,
        why: submission.job,
        ...job,
      });
      return outcome;
    },
    async cancel(number, reason, caller) {
      const outcome = await cancel(number, reason);
      parts.audit({ action: 'cancel', caller: caller.name, job: number, outcome: outcome.kind, why: reason });
      return outcome;
    },
    async recheck(number, bug, caller) {
      const outcome = await recheck(number, bug);
      parts.audit({ action: 'recheck', caller: caller.name, job: number, outcome: outcome.kind, why: bug });
      return outcome;
    },
    async promote(number, reason, caller) {
      const outcome = await promoteJob(parts, number);
      parts.audit({
        action: 'promote',
        caller: caller.name,
        job: number,
        outcome: outcome.kind,
        why: reason,
      });
      return outcome;
    },
    async forget(number, reason, caller) {
      const outcome = await forgetJob(parts, number);
      parts.audit({ action: 'forget', caller: caller.name, job: number, outcome: outcome.kind, why: reason });
      return outcome;
    },
    drain(caller) {
      parts.audit({ action: 'drain', caller: caller.name, outcome: 'ok' });
      return Promise.resolve(mode(true));
    },
    async importBuilds(window, caller) {
      const outcome = await parts.importer.start(Math.max(0, Date.now() - window));
      parts.audit({ action: 'import', caller: caller.name, outcome: outcome.kind });
      return outcome;
    },
    async reconcile(dryRun, caller) {
      const outcome = await reconcile(parts, !dryRun);
      if (!dryRun) parts.audit({ action: 'reconcile', caller: caller.name, outcome: outcome.kind });
      return outcome;
    },
    async reload(caller) {
      const outcome = await parts.config.reload();
      parts.audit({ action: 'reload', caller: caller.name, outcome: outcome.kind });
      return outcome;
    },
    compareConfig: () => parts.config.compare(),
    resume(caller) {
      parts.audit({ action: 'resume', caller: caller.name, outcome: 'ok' });
      return Promise.resolve(mode(false));
    },
  };
}
