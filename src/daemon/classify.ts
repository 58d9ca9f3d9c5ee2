// What was read of a build gets its classes: the signatures in force and what the history knows of each failure. It is the same for a
// build that has ended and for one that still runs.

import { failuresIn, readingOf, type ReadLog, type Sighted } from '../flakes/build-reading.ts';
import type { NamedBy, Reading } from '../flakes/reading.ts';
import type { Signature } from '../flakes/signature/signature.ts';
import { speaker } from '../flakes/signature/signature-set.ts';
import type { Beta } from '../flakes/statistics/tails.ts';
import type { BuilderName } from '../fleet/fleet.ts';
import type { BuildId } from '../gate/ids.ts';
import type { Terms } from '../gate/run.ts';
import type { Log } from '../observe/log.ts';
import type { Evidence, History } from '../store/history.ts';
import { within } from './deadline.ts';

export interface ClassifyParts {
  readonly history: Pick<History, 'evidence'>;
  /** The signatures in force; the same list while they are the same. */
  readonly signatures: () => readonly Signature[];
  /** What to think of a test's rate on a builder before its own counts; null: not known yet. */
  readonly prior: (builder: string) => Beta | null;
  readonly log: Log;
}

/** Where it was read. */
export interface Origin {
  readonly build: BuildId;
  readonly builder: BuilderName;
  readonly terms: Terms;
}

export interface Found {
  readonly logs: readonly ReadLog[];
  /** Something that no log tells, such as logs that are gone. */
  readonly doubt: string | null;
  /** Paths that the change touches; null: nobody says. */
  readonly changed: readonly string[] | null;
}

/** Milliseconds. */
const evidenceWithin = 10_000;

/** The evidence on a builder of which a prior is known. */
function withPrior(evidence: Evidence, prior: Beta | null): Evidence {
  if (prior === null) return evidence;
  const entries = Object.entries(evidence.byKey).map(([key, known]) => [key, { ...known, prior }] as const);
  return { ...evidence, byKey: Object.fromEntries(entries) };
}

async function evidenceFor(
  { history, prior, log }: ClassifyParts,
  { builder, terms, build }: Origin,
  failures: readonly Sighted[],
): Promise<Evidence | null> {
  const { project, branch } = terms.change;
  const keys = [...new Set(failures.flatMap(({ excuseKey }) => excuseKey ?? []))];
  const query = { builder, project, branch, keys, at: Date.now() };
  try {
    const evidence = await within(evidenceWithin, 'the evidence of a build', history.evidence(query));
    return withPrior(evidence, prior(builder));
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

/** The reading of what was found. A history that cannot be asked excuses nothing, and that is written to the log. */
export async function classify(parts: ClassifyParts, origin: Origin, found: Found): Promise<Reading> {
  const failures = failuresIn(found.logs, found.changed);
  const evidence = await evidenceFor(parts, origin, failures);
  return readingOf(found.logs, failures, {
    byKey: evidence?.byKey ?? null,
    base: evidence?.base ?? null,
    speaker: (ids) => speakerOf(parts.signatures(), ids, evidence),
    doubt: found.doubt,
  });
}
