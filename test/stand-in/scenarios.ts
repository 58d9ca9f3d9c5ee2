// What is to come of a build: by its own property, by revision, by builder, else by default, as the test fleet's master.cfg has it.

import type { Scenarios, Steering } from '../../src/servers/buildbot.ts';
import { slugOf } from './fleet.ts';

/** What builds do, and how much they differ. */
export interface Steer extends Scenarios {
  /** Share of its duration by which a build may be longer or shorter, 0 to 1; default: none. */
  readonly spread?: number;
  /** Share of the builds, beside those that are named, that are `fail-new`; default: none. */
  readonly failing?: number;
  /** Force calls are carried out, and their answers cut off. */
  readonly losesAnswers?: boolean;
}

const played: ReadonlySet<string> = new Set([
  ...['pass', 'slow', 'hang', 'fail-new', 'warnings', 'fetch-fail', 'infra-exception', 'retry-once'],
]);

function named(steering: Steering | undefined, builder: string): string | undefined {
  if (steering === undefined || typeof steering === 'string') return steering;
  return steering[builder] ?? steering[slugOf(builder)] ?? steering['*'];
}

export interface Asked {
  readonly builder: string;
  readonly revision: string;
  /** The property of that name; '' where there is none. */
  readonly scenario: string;
}

/** The scenario of a build that begins now. */
export function scenarioOf(table: Scenarios, { builder, revision, scenario }: Asked): string {
  if (played.has(scenario)) return scenario;
  return (
    named(table.by_revision?.[revision], builder) ??
    named(table.by_builder, builder) ??
    table.default ??
    'pass'
  );
}

/** Throws for a table with a scenario that the stand-in does not play. */
export function checkScenarios(table: Steer): Steer {
  const all = [table.default ?? 'pass', table.by_builder ?? {}, ...Object.values(table.by_revision ?? {})];
  const names = all.flatMap((one): readonly string[] =>
    typeof one === 'string' ? [one] : Object.values(one),
  );
  const strange = names.filter((name) => !played.has(name));
  if (strange.length > 0)
    throw new Error(`the stand-in does not play ${strange.join(', ')}; it plays ${[...played].join(', ')}`);
  return table;
}
