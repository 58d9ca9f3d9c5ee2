// What reads logs: the reader's thread, the signatures in force, the reading of finished builds and of those that still run.

import { join } from 'node:path';
import type { Master } from '../buildbot/master.ts';
import type { Reader } from '../evidence/reader/create-reader.ts';
import type { Reading } from '../flakes/reading.ts';
import type { Run } from '../gate/run.ts';
import type { Core } from './core.ts';
import type { SignaturesRefused } from './dependencies.ts';
import { createLiveReader, type LiveReader } from './live-reader.ts';
import { readBuild, type BuildInQuestion, type ReadBuildParts } from './read-build.ts';
import { createSignaturesInForce, type SignaturesInForce } from './signatures-in-force.ts';

export interface ReadingSide {
  readonly reader: Reader;
  readonly signatures: SignaturesInForce;
  /** What went wrong in a finished build, or in a step of one that still runs. */
  readonly read: (question: BuildInQuestion) => Promise<Reading>;
  readonly live: LiveReader;
  /** The reader's thread took no signatures the last time; null: it did. */
  readonly refused: () => SignaturesRefused | null;
}

interface ReadingTies {
  /** What is shown of a run changed. */
  readonly shown: (run: Run) => void;
  readonly prior: ReadBuildParts['prior'];
}

/** Nothing is started before the first log. */
export function createReadingSide(core: Core, master: Master, { shown, prior }: ReadingTies): ReadingSide {
  const { store, register, around } = core;
  const { config, log } = core.options;
  let trouble: SignaturesRefused | null = null;
  const reader = core.options.outside.reader({
    refused(why) {
      if (why !== null && why !== trouble?.why)
        log.warn({ why }, 'the reader does not match with the new signatures; those before stay in force');
      trouble = why === null ? null : { since: trouble?.since ?? Date.now(), why };
    },
  });
  const signatures = createSignaturesInForce({
    folder: () => core.config.get().signatures,
    cache: join(config.store.path, 'signatures.cache'),
    changed: reader.use,
    log,
  });
  const parts = { master, reader, history: store.history, signatures: () => signatures.get(), prior, log };
  const read = (question: BuildInQuestion): Promise<Reading> => readBuild(parts, question);
  const mono = (): number => performance.now();
  const live = createLiveReader({ ...parts, register, live: around.live, read, shown, mono });
  return { reader, signatures, read, live, refused: () => trouble };
}
