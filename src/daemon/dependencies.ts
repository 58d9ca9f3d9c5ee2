// How each dependency is, for status, readiness and metrics.

import type { Gearman } from '../gearman/gearman.ts';
import type { DependencyView, ReadinessPart } from '../views/document.ts';
import type { Knowledge } from './knowledge.ts';

/** Why the reader's thread does not match with the signatures given last, and since when (milliseconds since 1970). */
export interface SignaturesRefused {
  readonly since: number;
  readonly why: string;
}

export interface Health {
  readonly knowledge: Knowledge;
  readonly gearman: Pick<Gearman, 'state'>;
  /** What in the settings of the store's server endangers what it keeps. */
  readonly storeDoubts: readonly string[];
  /** null: it takes writes. */
  readonly storeTrouble: { readonly since: number; readonly why: string } | null;
  /** The last reload, where it was refused: the configuration from before is in force. */
  readonly reloadRefused: { readonly at: number; readonly why: string } | null;
  /** null: the reader has taken them. */
  readonly signaturesRefused: SignaturesRefused | null;
  /** Why this machine takes no new job; null: it does. */
  readonly pressure: string | null;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function buildbotView({ knowledge }: Health): DependencyView {
  const since = iso(knowledge.since);
  if (knowledge.buildbot === 'away')
    return { name: 'buildbot', state: 'down', since, why: knowledge.awayWhy };
  if (knowledge.notReady !== null)
    return { name: 'buildbot', state: 'degraded', since, why: knowledge.notReady };
  return { name: 'buildbot', state: 'up', since, why: '' };
}

function refusedSignatures({ signaturesRefused }: Health): readonly DependencyView[] {
  if (signaturesRefused === null) return [];
  const { since, why } = signaturesRefused;
  const sentence = `the reader does not match with the new ones, those before are in force: ${why}`;
  return [{ name: 'signatures', state: 'degraded', since: iso(since), why: sentence }];
}

/** One entry for each dependency, Buildbot first; configuration and signatures only where they were refused. */
export function dependencyViews(health: Health): readonly DependencyView[] {
  const { storeTrouble, storeDoubts, startedAt } = health;
  const store: DependencyView = {
    name: 'store',
    state: storeTrouble !== null ? 'down' : storeDoubts.length > 0 ? 'degraded' : 'up',
    since: iso(storeTrouble?.since ?? startedAt),
    why: storeTrouble?.why ?? storeDoubts.join('; '),
  };
  const gearman = health.gearman.state().map(({ server, build, control, trouble }): DependencyView => ({
    name: `gearman ${server}`,
    state: build && control ? 'up' : build ? 'degraded' : 'down',
    since: iso(startedAt),
    why: build && control ? '' : (trouble ?? 'not connected yet'),
  }));
  const { reloadRefused } = health;
  const configuration: readonly DependencyView[] =
    reloadRefused === null
      ? []
      : [
          {
            name: 'configuration',
            state: 'degraded',
            since: iso(reloadRefused.at),
            why: `the file is wrong, the one from before is in force: ${reloadRefused.why}`,
          },
        ];
  return [buildbotView(health), store, ...gearman, ...configuration, ...refusedSignatures(health)];
}

function gearmanPart(health: Health): readonly ReadinessPart[] {
  const states = health.gearman.state();
  // One server that answers is enough to serve; each one that does not is named.
  const some = states.some(({ build }) => build);
  return states.map(({ server, build, trouble }) => ({
    part: `gearman ${server}`,
    level: build ? 'ok' : some ? 'warning' : 'error',
    sentence: build
      ? 'functions are registered, and it has answered since'
      : `no build connection: ${trouble ?? 'not connected yet'}`,
  }));
}

/** The parts of `/readyz` (DESIGN.md section 6): ready when none is an error. */
export function readinessParts(health: Health): readonly ReadinessPart[] {
  const { knowledge, storeTrouble } = health;
  const store: ReadinessPart =
    storeTrouble === null
      ? { part: 'store', level: 'ok', sentence: 'the journal takes writes' }
      : { part: 'store', level: 'error', sentence: `the journal takes no writes: ${storeTrouble.why}` };
  const away: readonly ReadinessPart[] =
    knowledge.buildbot === 'away'
      ? [{ part: 'buildbot', level: 'error', sentence: `Buildbot cannot be asked: ${knowledge.awayWhy}` }]
      : [];
  const refused: readonly ReadinessPart[] =
    knowledge.notReady !== null &&
    !knowledge.findings.some((finding) => finding.sentence === knowledge.notReady)
      ? [{ part: 'buildbot', level: 'error', sentence: knowledge.notReady }]
      : [];
  const findings = knowledge.findings.map(({ part, level, sentence }) => ({
    part: `buildbot ${part}`,
    level,
    sentence,
  }));
  const signatures = refusedSignatures(health).map(({ name, why }): ReadinessPart => ({
    part: name,
    level: 'warning',
    sentence: why,
  }));
  const machine: readonly ReadinessPart[] =
    health.pressure === null ? [] : [{ part: 'machine', level: 'error', sentence: health.pressure }];
  const doubts = health.storeDoubts.map((sentence): ReadinessPart => ({
    part: 'store',
    level: 'warning',
    sentence,
  }));
  return [
    store,
    ...doubts,
    ...machine,
    ...away,
    ...refused,
    ...findings,
    ...gearmanPart(health),
    ...signatures,
  ];
}
