// What the daemon is started with.

import type { Config } from '../config/config.ts';
import type { LoadResult } from '../config/load.ts';
import type { RootLog } from '../observe/log.ts';
import type { Checkpoint } from './engine.ts';
import type { Notifier } from './notify.ts';
import type { Outside } from './outside.ts';

export interface DaemonOptions {
  /** What it starts with. */
  readonly config: Config;
  /** Reads the file anew. */
  readonly load: () => Promise<LoadResult>;
  readonly version: string;
  readonly log: RootLog;
  readonly notifier: Notifier;
  readonly env: NodeJS.ProcessEnv;
  readonly outside: Outside;
  /** For tests that end the process at a certain step. */
  readonly checkpoint?: Checkpoint;
}
