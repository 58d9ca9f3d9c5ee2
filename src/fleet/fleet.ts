// What is known of a Buildbot fleet: builders, their tags, and the workers that may build for them.
// Buildbot's builder ids are dealt out anew on every master, so a name is the identity here (BUILDBOT.md section 1).

declare const brand: unique symbol;
/** A builder's name as Buildbot shows it, for example `AMD64 Debian 3.x`. */
export type BuilderName = string & { readonly [brand]: 'BuilderName' };
/** A worker's name. */
export type WorkerName = string & { readonly [brand]: 'WorkerName' };

export interface Worker {
  readonly name: WorkerName;
  readonly connected: boolean;
  readonly paused: boolean;
  readonly graceful: boolean;
}

export interface Builder {
  readonly id: number;
  readonly name: BuilderName;
  readonly tags: readonly string[];
  readonly workers: readonly Worker[];
}

/** Names, tags and presence of the whole fleet at one moment. */
export interface Fleet {
  readonly builders: readonly Builder[];
}

/** Whether a worker could take a build now: connected, and neither paused nor about to leave. */
export function isPresent(worker: Worker): boolean {
  return worker.connected && !worker.paused && !worker.graceful;
}

/** Whether some worker of the builder could take a build now. The offline clock runs while none can (RUNS.md 5). */
export function hasWorker(builder: Builder): boolean {
  return builder.workers.some(isPresent);
}
