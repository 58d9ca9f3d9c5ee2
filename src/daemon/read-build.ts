// From a finished build at Buildbot to its reading: the logs of the steps that went wrong go through the reader, the history says
// what it knows of the failures. Whatever cannot be read is a doubt, and then nothing is excused (FLAKES.md 6.3b rule 4).

import { BuildbotError } from '../buildbot/buildbot-error.ts';
import type { Master } from '../buildbot/master.ts';
import { readSteps, stepsToRead, type StepsRead } from '../evidence/read-steps.ts';
import type { Reader } from '../evidence/reader/create-reader.ts';
import type { Reading } from '../flakes/reading.ts';
import type { BuilderName } from '../fleet/fleet.ts';
import type { Role } from '../gate/attempt.ts';
import type { BuildFacts } from '../gate/facts.ts';
import type { BuildId } from '../gate/ids.ts';
import type { Terms } from '../gate/run.ts';
import { classify, type ClassifyParts } from './classify.ts';

export interface ReadBuildParts extends ClassifyParts {
  readonly master: Pick<Master, 'build' | 'logs' | 'logPages' | 'buildProperty'>;
  readonly reader: Reader;
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

/** What cannot be read for good, in words; null for trouble that may pass, after which the build is read again. */
function goneFor(error: unknown): string | null {
  if (!(error instanceof BuildbotError) || error.retry === 'transient') return null;
  return error.status === 404 ? 'its log is gone from Buildbot' : error.message;
}

/** Reads a finished build. Rejects only where Buildbot may answer later. */
export async function readBuild(parts: ReadBuildParts, question: BuildInQuestion): Promise<Reading> {
  let found: StepsRead;
  try {
    found = await readLogs(parts, question);
  } catch (error) {
    const why = goneFor(error);
    if (why === null) throw error;
    found = { logs: [], doubt: why };
  }
  const reading = await classify(parts, question, { ...found, changed: question.changed });
  parts.log.info(
    {
      builder: question.builder,
      build: question.build,
      count: reading.failures.length + reading.more,
      why: reading.doubt ?? '',
    },
    'read what went wrong in a build',
  );
  return reading;
}
