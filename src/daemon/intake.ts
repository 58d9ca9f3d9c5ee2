// A job that was handed out: read it, match it, make or find its run, write it down; the first data follows from the run itself
// (RUNS.md 2.3, 2.4). Whatever is wrong with it, it ends with an answer.

import { randomBytes } from 'node:crypto';
import { keptParameters, readArguments, type Arguments } from '../gate/arguments.ts';
import { contentKey, readChange } from '../gate/change.ts';
import { parseFunction } from '../gate/functions.ts';
import type { JobNumber, RunId } from '../gate/ids.ts';
import type { Binding, Job, ServerKind } from '../gate/job.ts';
import { isUsableNumber, matchJob, type Match } from '../gate/matching.ts';
import { newRun, refusedRun, type Birth } from '../gate/new-run.ts';
import type { JobDefinition, Policy } from '../gate/request.ts';
import type { Run, Terms } from '../gate/run.ts';
import type { Log } from '../observe/log.ts';
import type { Journal } from '../store/journal.ts';
import type { Engine } from './engine.ts';
import { digestOf } from './payload.ts';
import type { Register } from './register.ts';
import type { Tell } from './tell.ts';

/** A job to take in, from a Gearman server or from the command line. */
export interface Incoming {
  readonly function: string;
  readonly unique: string;
  /** Decoded; null when too large or no text. */
  readonly text: string | null;
  readonly argumentsHash: string;
  readonly binding: Binding;
  readonly serverKind: ServerKind;
}

export interface IntakeParts {
  readonly engine: Engine;
  readonly register: Register;
  /** Runs of other instances. */
  readonly elsewhere: Register;
  /** Brings `elsewhere` up to date. */
  readonly look: () => Promise<void>;
  readonly tell: Tell;
  readonly journal: Pick<Journal, 'byNumber'>;
  readonly jobs: () => readonly JobDefinition[];
  readonly policies: () => ReadonlyMap<string, Policy>;
  /** A branch that a job was asked for: it gets a function of its own (RUNS.md 2.2). */
  readonly sawBranch: (job: string, branch: string) => void;
  readonly nextArrival: () => number;
  readonly wall: () => number;
  readonly log: Log;
}

/** What became of it: the run and the number under which it is known. */
export interface Taken {
  readonly run: RunId;
  readonly number: JobNumber;
}

type Asked =
  | { readonly kind: 'work'; readonly terms: Terms; readonly key: string; readonly values: Arguments }
  | { readonly kind: 'refused'; readonly why: string; readonly values: Arguments };

const nothing: Arguments = new Map();

/** What the job asks for, or why it is refused. */
export function readAsked(
  parts: Pick<IntakeParts, 'jobs' | 'policies'>,
  functionName: string,
  text: string | null,
): Asked {
  const named = parseFunction(functionName);
  const definition = parts.jobs().find((job) => job.name === named?.job);
  const policy = definition === undefined ? undefined : parts.policies().get(definition.policy);
  const read = readArguments(text);
  if (read.kind === 'refused') return { ...read, values: nothing };
  if (named === null || definition === undefined || policy === undefined) {
    return {
      kind: 'refused',
      why: 'this gate has no such job any more; ask for one of its functions',
      values: read.values,
    };
  }
  const change = readChange(read.values, definition, named.branch);
  if (change.kind === 'refused') return { ...change, values: read.values };
  const terms = { definition, policy, change: change.change };
  return { kind: 'work', terms, key: contentKey(change.change, definition.name), values: read.values };
}

function hex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}

/** The unique id where it is usable and no kept record has it, else one of our making (RUNS.md 1.1). */
async function numberFor(parts: IntakeParts, unique: string): Promise<JobNumber> {
  if (isUsableNumber(unique) && parts.register.ofNumber(unique) === undefined) {
    const kept = await parts.journal.byNumber(unique);
    if (kept === null && parts.register.ofNumber(unique) === undefined) return unique;
  }
  return `g-${hex(12)}` as JobNumber;
}

function jobOf(
  incoming: Incoming,
  number: JobNumber,
  asked: { readonly values: Arguments; readonly at: number },
): Job {
  return {
    number,
    unique: incoming.unique,
    argumentsHash: incoming.argumentsHash,
    function: incoming.function,
    parameters: keptParameters(asked.values),
    receivedAt: asked.at,
    state: 'open',
    bindings: [incoming.binding],
    answer: null,
    answeredAt: null,
    answeredFor: 0,
    confirmed: false,
    description: null,
  };
}

function beginRun(
  asked: Asked,
  made: Pick<Birth, 'job' | 'jobName' | 'arrival' | 'resultText'> & { clash: boolean },
): Run {
  const birth: Birth = {
    id: hex(8) as RunId,
    jobName: made.jobName,
    resultText: made.resultText,
    job: made.job,
    at: made.job.receivedAt,
    arrival: made.arrival,
  };
  if (made.clash) {
    const why =
      'another job with the same unique id and other arguments is still open; give each request an id of its own';
    return refusedRun(birth, { word: 'CONFIG_ERROR', why });
  }
  if (asked.kind === 'refused') return refusedRun(birth, { word: 'CONFIG_ERROR', why: asked.why });
  return newRun(birth, asked.terms, { text: asked.key, hash: digestOf(asked.key).slice(0, 16) });
}

/** Takes a job in. Resolves once it is in memory; `engine.written` tells when it is in the journal. Rejects when the store cannot be read. */
export async function takeIn(parts: IntakeParts, incoming: Incoming): Promise<Taken> {
  const arrival = parts.nextArrival();
  const at = parts.wall();
  const asked = readAsked(parts, incoming.function, incoming.text);
  const { unique, argumentsHash, serverKind } = incoming;
  const key = asked.kind === 'work' ? asked.key : null;
  const match = (): Match =>
    matchJob({ unique, argumentsHash, key, serverKind }, [...parts.register.all(), ...parts.elsewhere.all()]);
  await parts.look();
  const early = match();
  if (early.kind === 'bind') return bind(parts, early, incoming);
  const number = await numberFor(parts, unique);
  // Others were taken in meanwhile: what counts is who is there now.
  const found = match();
  if (found.kind === 'bind') return bind(parts, found, incoming);
  const job = jobOf(incoming, number, { values: asked.values, at });
  if (asked.kind === 'work') parts.sawBranch(asked.terms.definition.name, asked.terms.change.branch);
  if (found.kind === 'attach') {
    await parts.tell(found.run.id, { kind: 'attached', job, replaces: found.replaces });
    return { run: found.run.id, number };
  }
  const jobName = parseFunction(incoming.function)?.job ?? incoming.function;
  const resultText = parts.jobs().find((each) => each.name === jobName)?.resultText ?? 'plain';
  const run = beginRun(asked, { job, clash: found.kind === 'clash', jobName, arrival, resultText });
  if (run.refusal !== null) parts.log.warn({ job: number, why: run.refusal.why }, 'refused a job');
  parts.engine.begin(run);
  return { run: run.id, number };
}

async function bind(
  parts: IntakeParts,
  match: Extract<Match, { kind: 'bind' }>,
  incoming: Incoming,
): Promise<Taken> {
  await parts.tell(match.run.id, { kind: 'bound', number: match.number, binding: incoming.binding });
  return { run: match.run.id, number: match.number };
}
