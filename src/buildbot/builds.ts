// One build looked at closely: its steps, whether it grows, whether it waits, and whether a step of it timed out.

import type { BuildFacts, StepFacts } from '../gate/facts.ts';
import type { BuildId } from '../gate/ids.ts';
import { buildProperties, property, readBuild, readSteps, stepFields, waitsForLock } from './build-row.ts';
import { readLogs, readTail, saysTimedOut, withoutPrefix } from './logs.ts';
import type { LogRow } from './logs.ts';
import { onlyRow } from './read-json.ts';
import { segment } from './rest.ts';
import type { Rest } from './rest.ts';

/** The header that says so stands near the end, but a step may print while it is being killed. */
const timeoutTail = 400;
/** A build with more failed steps than these is looked at in its last ones. */
const stepsLookedAt = 10;
/** Characters of a property that are kept. */
const propertyLimit = 500;
/** Finished builds remembered, so that looking at the steps of one is a single call. */
const remembered = 2000;

export interface FinishedBuilds {
  note(facts: BuildFacts): void;
  get(id: BuildId): BuildFacts | undefined;
  forget(): void;
}

/** Remembers finished builds, the newest ones only. What a finished build says never changes. */
export function createFinishedBuilds(): FinishedBuilds {
  const builds = new Map<BuildId, BuildFacts>();
  return {
    note(facts) {
      if (!facts.complete) return;
      builds.delete(facts.id);
      builds.set(facts.id, facts);
      const [oldest] = builds.keys();
      if (builds.size > remembered && oldest !== undefined) builds.delete(oldest);
    },
    get: (id) => builds.get(id),
    forget: () => {
      builds.clear();
    },
  };
}

function stdioOf(logs: readonly LogRow[]): LogRow | undefined {
  return logs.find((log) => log.slug === 'stdio' && log.type === 's');
}

// What changes when something happens: steps come, begin, change their state and end, and the running one's logs get longer.
function growthOf(steps: readonly StepFacts[], logs: readonly LogRow[]): string {
  const last = steps.at(-1);
  const done = steps.filter((step) => step.complete).length;
  const step = last === undefined ? '' : `${last.id}:${last.startedAt ?? ''}:${last.state.slice(0, 80)}`;
  const lines = logs.slice(0, 20).map((log) => `${log.id}=${log.lines}`);
  return `${steps.length}/${done} ${step} ${lines.join(',')}`;
}

async function timedOut(rest: Rest, steps: readonly StepFacts[]): Promise<boolean> {
  const failed = steps.filter((step) => step.complete && step.results === 2).slice(-stepsLookedAt);
  for (const step of failed.reverse()) {
    const log = stdioOf(await readLogs(rest, step.id));
    if (log !== undefined && (await readTail(rest, log, timeoutTail)).some(saysTimedOut)) return true;
  }
  return false;
}

async function readStepsOf(rest: Rest, id: BuildId): Promise<readonly StepFacts[]> {
  return rest.read({ path: `builds/${id}/steps?${stepFields}`, verb: 'steps', as: readSteps });
}

/**
 * The facts of one build with its steps. One call for a finished build whose row is remembered, and two more for each failed
 * step; three for a running one. `growth` counts steps, the last step's state and the lines of its logs.
 */
export async function lookAtBuild(rest: Rest, finished: FinishedBuilds, id: BuildId): Promise<BuildFacts> {
  const path = `builds/${id}?${buildProperties}`;
  // The build's row before its steps: steps read after it was complete are all there.
  const row =
    finished.get(id) ??
    (await rest.read({ path, verb: 'build', as: (body) => readBuild(onlyRow(body, 'builds')).facts }));
  finished.note(row);
  const steps = await readStepsOf(rest, id);
  if (row.complete) {
    return { ...row, steps, stepTimedOut: await timedOut(rest, steps), growth: growthOf(steps, []) };
  }
  const running = steps.findLast((step) => step.startedAt !== null && !step.complete);
  const waits = row.waitsForLock || (running !== undefined && waitsForLock(running));
  const logs = running === undefined || waits ? [] : await readLogs(rest, running.id);
  return { ...row, steps, waitsForLock: waits, growth: growthOf(steps, logs) };
}

/** A property of a build as text. One call; null where there is none, or one that is no text. */
export function readBuildProperty(rest: Rest, id: BuildId, name: string): Promise<string | null> {
  const path = `builds/${id}?property=${segment(name)}`;
  return rest.read({
    path,
    verb: 'build-property',
    as: (body) => {
      const value = property(onlyRow(body, 'builds'), name);
      return typeof value === 'string' ? value.slice(0, propertyLimit) : null;
    },
  });
}

/** What `failedSteps` of the port gives. */
export interface FailedStep {
  readonly step: string;
  readonly log: string;
  readonly lines: readonly string[];
}

/** A line of a log is at most this long for a person; a worker cuts at 4095 itself. */
const lineLimit = 1000;
const mostLines = 200;

/**
 * The last lines of the stdio log, and of the traceback where there is one, of each step that ended 2 or 4 (the last ten of
 * them). Lines are as the build wrote them, without prefix, cut at 1000 characters: whoever shows them escapes them.
 */
export async function lookAtFailedSteps(
  rest: Rest,
  id: BuildId,
  lines: number,
): Promise<readonly FailedStep[]> {
  const wanted = Math.max(1, Math.min(Math.floor(lines), mostLines));
  const steps = await readStepsOf(rest, id);
  const failed = steps.filter((step) => step.complete && (step.results === 2 || step.results === 4));
  const found: FailedStep[] = [];
  for (const step of failed.slice(-stepsLookedAt)) {
    const logs = await readLogs(rest, step.id);
    for (const log of logs.filter(({ slug }) => slug === 'stdio' || slug === 'err_text').slice(0, 2)) {
      const tail = await readTail(rest, log, wanted);
      const cut = tail.map((line) => withoutPrefix(log, line).slice(0, lineLimit));
      found.push({ step: step.name, log: log.slug, lines: cut });
    }
  }
  return found;
}
