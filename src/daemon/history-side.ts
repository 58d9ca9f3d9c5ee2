// What fills the history with builds of the fleet: those that finish now, and those that the import reads.

import { setTimeout as pauseFor } from 'node:timers/promises';
import type { Hint, Master } from '../buildbot/master.ts';
import type { Reader } from '../evidence/reader/create-reader.ts';
import type { Reading } from '../flakes/reading.ts';
import type { BuildFacts } from '../gate/facts.ts';
import { platformOf, type FleetBuild } from './base-builds.ts';
import type { Core } from './core.ts';
import { createFindings, type FindingsWatch } from './findings.ts';
import { createFleetHistory } from './fleet-history.ts';
import { createFollowBuilds } from './follow-builds.ts';
import { createImporter, type Importer } from './import-builds.ts';
import { readBuild } from './read-build.ts';
import type { SignaturesInForce } from './signatures-in-force.ts';

export interface HistorySide {
  readonly importer: Importer;
  /** What the kept builds show by themselves. */
  readonly findings: FindingsWatch;
  hint(hint: Hint): void;
  /** Records what has finished, in the background. */
  tick(): void;
}

interface HistorySideParts {
  readonly master: Master;
  readonly reader: Reader;
  readonly signatures: Pick<SignaturesInForce, 'get'>;
}

/** The runs keep their own builds: these alone are no reason to ask what is new. */
function isOfOurs({ register }: Core, hint: Hint): boolean {
  if (hint.kind !== 'build') return false;
  if (hint.request !== null && register.ofRequest(hint.request) !== undefined) return true;
  return register.ofBuild(hint.build) !== undefined;
}

/** Milliseconds for one build. */
const readWithin = 120_000;

export function createHistorySide(core: Core, { master, reader, signatures }: HistorySideParts): HistorySide {
  const { store, knowledge, state } = core;
  const { log } = core.options;
  const { history } = store;

  const read = ({ listed, definition }: FleetBuild, facts: BuildFacts): Promise<Reading> => {
    const config = core.config.get();
    const policy = config.policies.get(definition.policy);
    if (policy === undefined)
      throw new Error(`the policy ${definition.policy} is gone from the configuration`);
    const { branch, revision, builder, id } = listed;
    const change = {
      project: definition.project,
      repository: '',
      branch,
      revision,
      changeRef: '',
      forceBranch: branch,
      files: null,
    };
    const terms = { definition, policy, change };
    const platform = platformOf(builder, config.fleet.platforms);
    const question = { build: id, builder, platform, role: 'vote', terms, facts, changed: null } as const;
    return readBuild(
      { master, reader, history, signatures: () => signatures.get(), prior: () => null, log },
      { ...question, within: readWithin },
    );
  };
  const pause = async (milliseconds: number): Promise<void> => {
    await pauseFor(milliseconds, undefined, { ref: false });
  };
  const stopping = (): boolean => state.stopping;
  const ready = (): boolean => knowledge.get().buildbot === 'up' && knowledge.get().fleet !== null;
  const fleet = createFleetHistory({
    config: () => core.config.get(),
    fleet: () => knowledge.get().fleet,
    master,
    history,
    read,
    pause,
  });
  const mono = (): number => performance.now();
  const importer = createImporter({ master, history, fleet, ready, stopping, pause, log });
  const importedUpTo = (): Promise<number | null> => importer.upTo();
  const follow = createFollowBuilds({ master, history, fleet, importedUpTo, ready, stopping, mono, log });
  const findings = createFindings({
    history,
    lists: () => core.config.get().fleet.stability,
    signatures: () => signatures.get(),
    pause,
    stopping,
    now: () => Date.now(),
    log,
  });
  let busy = false;
  return {
    importer,
    findings,
    hint: (hint) => {
      if (!isOfOurs(core, hint)) follow.hint(hint);
    },
    tick() {
      if (busy || stopping()) return;
      busy = true;
      follow
        .tick()
        .catch((error: unknown) => {
          log.warn(
            { component: 'buildbot', err: error },
            'builds of the fleet could not be recorded; tried again',
          );
        })
        .finally(() => {
          busy = false;
        });
    },
  };
}
