// From a finished build at Buildbot to its reading: the logs of the steps that went wrong go through the reader, the history says
// what it knows of the failures. Whatever cannot be read is a doubt, and then nothing is excused (FLAKES.md 6.3b rule 4).

import { BuildbotError } from '../buildbot/buildbot-error.ts';
import type { Master } from '../buildbot/master.ts';
import { readSteps, stepsToRead, type StepsRead } from '../evidence/read-steps.ts';
import type { Reader } from '../evidence/reader/create-reader.ts';
import { failuresIn, readingOf, type Sighted } from '../flakes/build-reading.ts';
import type { NamedBy, Reading } from '../flakes/reading.ts';
import type { Signature } from '../flakes/signature/signature.ts';
import { speaker } from '../flakes/signature/signature-set.ts';
import type { BuilderName } from '../fleet/fleet.ts';
import type { Role } from '../gate/attempt.ts';
import type { BuildFacts } from '../gate/facts.ts';
import type { BuildId } from '../gate/ids.ts';
import type { Terms } from '../gate/run.ts';
import type { Log } from '../observe/log.ts';
import type { Evidence, History } from '../store/history.ts';
import { within } from './deadline.ts';

export interface ReadBuildParts {
  readonly master: Pick<Master, 'build' | 'logs' | 'logPages' | 'buildProperty'>;
  readonly reader: Reader;
  readonly history: Pick<History, 'evidence'>;
  /** The signatures in force. */
  readonly signatures: () => readonly Signature[];
  readonly log: Log;
}

export interface BuildInQuestion {
  readonly build: BuildId;
  readonly builder: BuilderName;
  readonly role: Role;
  readonly terms: Terms;
  readonly platform: string | null;
  /** What the run knows of the build; null: it is asked for. */
  readonly facts: BuildFacts | null;
  /** Paths that the change touches; null: nobody says. */
  readonly changed: readonly string[] | null;
  /** Milliseconds that all of it may take. */
  readonly within: number;
}

/** Milliseconds. */
const evidenceWithin = 10_000;
/** Part of the time that the logs may take; the rest is for what is around them. */
const forLogs = 0.8;

async function readLogs(parts: ReadBuildParts, question: BuildInQuestion): Promise<StepsRead> {
  const { master, reader } = parts;
  const { build, builder, role, platform } = question;
  const { change, definition } = question.terms;
  const facts = question.facts?.steps == null ? await master.build(build) : question.facts;
  const repeated = role !== 'vote' && (await master.buildProperty(build, 'gate_repeated')) !== null;
  return readSteps(reader, master, {
    steps: stepsToRead(facts.steps ?? [], { testSteps: definition.testSteps, measured: role !== 'vote' }),
    terms: { builder, repeated, facts: { worker: facts.worker, platform, branch: change.branch } },
    early: facts.revision === null,
    within: question.within * forLogs,
  });
}

async function evidenceFor(
  { history, log }: ReadBuildParts,
  { builder, terms, build }: BuildInQuestion,
  failures: readonly Sighted[],
): Promise<Evidence | null> {
  const { project, branch } = terms.change;
  const keys = [...new Set(failures.flatMap(({ excuseKey }) => excuseKey ?? []))];
  const query = { builder, project, branch, keys, at: Date.now() };
  try {
    return await within(evidenceWithin, 'the evidence of a build', history.evidence(query));
  } catch (error) {
    log.warn(
      { component: 'store', builder, build, err: error },
      'the history could not be asked about failures; nothing of it is excused by history',
    );
    return null;
  }
}

/** The signature that speaks for a failure; the newest commit of the branch is taken for what the change stands on. */
function speakerOf(
  signatures: readonly Signature[],
  ids: readonly string[],
  evidence: Evidence | null,
): NamedBy | null {
  const known = ids.flatMap((id) => signatures.find((one) => one.id === id) ?? []);
  const containsFix = ({ resolved: { at } }: Signature): boolean =>
    at !== null && evidence?.newestSeenAt != null && evidence.newestSeenAt > Date.parse(at);
  const matches = known.map((signature) => ({ signature, specificity: 0, lines: [] }));
  const speaks = speaker(matches, containsFix)?.signature;
  if (speaks === undefined) return null;
  const { id, state, exonerate } = speaks;
  return { id, state, ...exonerate, containsFix: containsFix(speaks) };
}

/** What cannot be read for good, in words; null for trouble that may pass, after which the build is read again. */
function goneFor(error: unknown): string | null {
  if (!(error instanceof BuildbotError) || error.retry === 'transient') return null;
  return error.status === 404 ? 'its log is gone from Buildbot' : error.message;
}

/** Reads a finished build. Rejects only where Buildbot may answer later. */
export async function readBuild(parts: ReadBuildParts, question: BuildInQuestion): Promise<Reading> {
  const { changed } = question;
  let found: StepsRead;
  try {
    found = await readLogs(parts, question);
  } catch (error) {
    const why = goneFor(error);
    if (why === null) throw error;
    found = { logs: [], doubt: why };
  }
  const failures = failuresIn(found.logs, changed);
  const evidence = await evidenceFor(parts, question, failures);
  const reading = readingOf(found.logs, failures, {
    byKey: evidence?.byKey ?? null,
    base: evidence?.base ?? null,
    speaker: (ids) => speakerOf(parts.signatures(), ids, evidence),
    doubt: found.doubt,
  });
  parts.log.info(
    {
      builder: question.builder,
      build: question.build,
      count: failures.length,
      why: reading.doubt ?? '',
    },
    'read what went wrong in a build',
  );
  return reading;
}
