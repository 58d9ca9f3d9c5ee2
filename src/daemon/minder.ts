// Keeps in touch with the master: is it there, does it take our calls, who is in the fleet. Each question has its own rhythm,
// so that an idle gate asks at most four times a minute.

import type { Master } from '../buildbot/master.ts';
import type { Log } from '../observe/log.ts';
import type { KnowledgeStore } from './knowledge.ts';

export interface MinderParts {
  readonly master: Master;
  readonly knowledge: KnowledgeStore;
  /** Whether any run is open: only then is a change in the fleet worth a call at once. */
  readonly busy: () => boolean;
  readonly mono: () => number;
  readonly log: Log;
}

export interface Minder {
  /** Does what is due; called about once a second. Never rejects, and never runs twice at a time. */
  tick(): Promise<void>;
  fleetChanged(): void;
  checkSoon(): void;
}

/** Milliseconds. */
const whileAway = 2_000;
const whileNotReady = 10_000;
const checkEvery = 600_000;
const fleetEvery = 600_000;
const fleetAtMost = 10_000;

export function createMinder(parts: MinderParts): Minder {
  const { master, knowledge, log } = parts;
  let running = false;
  let checkAt = -Infinity;
  let fleetAt = -Infinity;
  let fleetStale = true;
  let told = '';

  const awayBecause = (error: unknown): void => {
    const why = error instanceof Error ? error.message : String(error);
    knowledge.away(why);
    if (why !== told)
      log.warn(
        { component: 'buildbot', why },
        'Buildbot cannot be asked; it is tried again until it answers',
      );
    told = why;
  };

  const check = async (): Promise<void> => {
    const findings = await master.check();
    const unreachable = findings.find((finding) => finding.part === 'master' && finding.level === 'error');
    if (unreachable === undefined) knowledge.up();
    else knowledge.away(unreachable.sentence);
    knowledge.checked(findings);
    for (const { level, sentence } of findings) {
      if (level !== 'ok' && sentence !== told)
        log.warn({ component: 'buildbot', why: sentence }, 'Buildbot does not suit the gate');
      if (level !== 'ok') told = sentence;
    }
  };

  const readFleet = async (): Promise<void> => {
    fleetStale = false;
    knowledge.fleet(await master.fleet());
    knowledge.up();
  };

  const due = async (now: number): Promise<void> => {
    const known = knowledge.get();
    const pause =
      known.buildbot === 'away' ? whileAway : known.notReady === null ? checkEvery : whileNotReady;
    if (now - checkAt >= pause || (known.buildbot === 'away' && now - checkAt >= whileAway)) {
      checkAt = now;
      await Promise.all([check(), known.fleet === null ? readFleet() : undefined, firstBuildset()]);
      if (knowledge.get().fleet !== null) fleetAt = now;
    }
    if (knowledge.get().buildbot === 'away') return;
    const wanted = (fleetStale && parts.busy()) || now - fleetAt >= fleetEvery;
    if (wanted && now - fleetAt >= fleetAtMost) {
      fleetAt = now;
      await readFleet();
    }
  };

  const firstBuildset = async (): Promise<void> => {
    if (knowledge.get().newestBuildset === null) knowledge.buildset(await master.newestBuildset());
  };

  return {
    async tick() {
      if (running) return;
      running = true;
      try {
        await due(parts.mono());
      } catch (error) {
        awayBecause(error);
      } finally {
        running = false;
      }
    },
    fleetChanged() {
      fleetStale = true;
    },
    checkSoon() {
      checkAt = -Infinity;
    },
  };
}
