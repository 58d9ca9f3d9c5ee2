// What Buildbot says, brought to the runs: events are hints, gathered for a moment and answered by REST; a slow poll is the net.
// One look serves as many runs as it can (DESIGN.md section 5).

import type { Hint, Master } from '../buildbot/master.ts';
import type { RunEvent } from '../gate/event.ts';
import type { RequestFacts } from '../gate/facts.ts';
import type { BuildId, RequestId, RunId } from '../gate/ids.ts';
import type { Run } from '../gate/run.ts';
import type { Log } from '../observe/log.ts';
import type { KnowledgeStore } from './knowledge.ts';
import type { Register } from './register.ts';
import { noteTrouble } from './trouble.ts';

export interface WatcherParts {
  readonly master: Master;
  readonly register: Register;
  readonly knowledge: KnowledgeStore;
  readonly happen: (run: RunId, event: RunEvent) => void;
  readonly fleetChanged: () => void;
  readonly log: Log;
}

export interface Watcher {
  hint(hint: Hint): void;
  /** New requests became known: events that came before the answer to the force call are looked at again. */
  requestsKnown(): void;
  /** Asks REST for these requests soon. */
  look(requests: readonly RequestId[]): void;
  /** Asks REST for every open request now. Resolves when the answer is in, or could not be had. */
  poll(): Promise<void>;
  close(): void;
}

/** Milliseconds for which finished builds are gathered: several cost two calls together. */
const gather = 60;
/** Events of requests that nobody knows yet: they come before the answer to the force call (BUILDBOT.md section 8). */
const heldHints = 2_000;
const again = 2_000;

/**
 * The requests of a run that are not known to be complete, or of which only an event said so: what it left unjudged REST must
 * tell, also where the daemon died between the event and its look (RUNS.md 5.5).
 */
export function openRequests(run: Run): readonly RequestId[] {
  return run.attempts.flatMap(({ request, complete, state, requestResults }) => {
    const isUnread = state !== 'ended' && requestResults === null;
    return request !== null && (!complete || isUnread) ? [request] : [];
  });
}

export function createWatcher(parts: WatcherParts): Watcher {
  const { master, register, happen, knowledge, log } = parts;
  const finished = new Map<RequestId, BuildId | null>();
  /** Being read now; true where an event called the request complete meanwhile. */
  const reading = new Map<RequestId, boolean>();
  let held: Hint[] = [];
  let timer: NodeJS.Timeout | null = null;
  let closed = false;

  const tell = (facts: readonly RequestFacts[]): void => {
    const byRun = new Map<RunId, RequestFacts[]>();
    for (const request of facts) {
      const run = register.ofRequest(request.id);
      if (run !== undefined) byRun.set(run, [...(byRun.get(run) ?? []), request]);
    }
    for (const [run, requests] of byRun) happen(run, { kind: 'seen', requests });
  };

  const askAll = async (ids: readonly RequestId[]): Promise<void> => {
    if (ids.length === 0) return;
    const facts = await master.requests(ids);
    knowledge.up();
    tell(facts);
  };

  /**
   * One finished build alone is read at once with its steps: a call less than by way of its request. Those before it come with
   * it: one that ended in RETRY after a test had failed must be known before a later one is judged, also where no event told
   * of it (RUNS.md 5.3).
   */
  const askOne = async (request: RequestId, build: BuildId): Promise<void> => {
    const before = (await master.buildsOf(request)).filter(({ id }) => id < build);
    const facts = await master.build(build);
    knowledge.up();
    const run = register.ofRequest(request);
    if (run === undefined) return;
    for (const each of [...before, facts])
      happen(run, { kind: 'build-seen', request, build: each, effect: null });
  };

  const soon = (milliseconds: number): void => {
    if (closed || timer !== null || finished.size === 0) return;
    timer = setTimeout(() => {
      timer = null;
      void flush();
    }, milliseconds);
    timer.unref();
  };

  const flush = async (): Promise<void> => {
    const batch = [...finished];
    finished.clear();
    const [first] = batch;
    if (first === undefined) return;
    const [request, build] = first;
    for (const [id] of batch) reading.set(id, false);
    try {
      await (batch.length === 1 && build !== null ? askOne(request, build) : askAll(batch.map(([id]) => id)));
    } catch (error) {
      noteTrouble(knowledge, error);
      log.warn(
        { component: 'buildbot', err: error },
        'could not look at what an event told of; it is tried again',
      );
      for (const [id, what] of batch) if (!finished.has(id)) finished.set(id, what);
      soon(again);
    } finally {
      for (const [id] of batch) hasRead(id);
    }
  };

  /** The end of a build and of its request come together: only where the build did not say all is the request read as well. */
  const hasRead = (id: RequestId): void => {
    const completed = reading.get(id) === true;
    reading.delete(id);
    if (completed) askUnlessEnded(id);
  };

  const askUnlessEnded = (id: RequestId): void => {
    const run = register.get(register.ofRequest(id) ?? ('' as RunId));
    const attempt = run?.attempts.find((each) => each.request === id);
    if (attempt !== undefined && attempt.state !== 'ended' && !finished.has(id)) ask(id, null);
  };

  const ask = (request: RequestId, build: BuildId | null): void => {
    finished.set(request, build ?? finished.get(request) ?? null);
    soon(gather);
  };

  const hold = (hint: Hint): void => {
    held.push(hint);
    if (held.length > heldHints) held = held.slice(heldHints / 2);
  };

  const buildHint = (hint: Extract<Hint, { kind: 'build' }>): void => {
    const known = register.ofBuild(hint.build);
    const request = hint.request ?? known?.request;
    const run = request === undefined ? undefined : register.ofRequest(request);
    if (request === undefined || run === undefined) {
      if (hint.request !== null) hold(hint);
      return;
    }
    // How the builds of a stopped run end is nobody's question any more; in a burst of stops the master has enough to do.
    if (hint.finished && register.get(run)?.phase === 'stopped') return;
    if (hint.finished) ask(request, hint.build);
    else if (hint.seen !== null) happen(run, { kind: 'build-seen', request, build: hint.seen, effect: null });
    if (hint.step !== null) happen(run, { kind: 'step-seen', request, build: hint.build, step: hint.step });
    else if (hint.grew && known !== undefined)
      happen(run, { kind: 'build-grew', request, build: hint.build });
  };

  const requestHint = (hint: Extract<Hint, { kind: 'request' }>): void => {
    if (!hint.complete) return;
    const id = register.ofRequest(hint.request);
    if (id === undefined) {
      hold(hint);
      return;
    }
    happen(id, { kind: 'request-completed', request: hint.request });
    // Merged away, cancelled, or its build's end is being read: REST says which.
    if (reading.has(hint.request)) reading.set(hint.request, true);
    else askUnlessEnded(hint.request);
  };

  /** Builds may have come and gone unseen: REST lists them, and is asked until it does. */
  const afterGap = (): void => {
    for (const run of register.all()) {
      happen(run.id, { kind: 'events-missed' });
      for (const request of openRequests(register.get(run.id) ?? run)) ask(request, null);
    }
  };

  const take = (hint: Hint): void => {
    switch (hint.kind) {
      case 'build':
        buildHint(hint);
        return;
      case 'request':
        requestHint(hint);
        return;
      case 'log':
        // The live reader's; that a build grows its steps say as well.
        return;
      case 'workers':
        parts.fleetChanged();
        return;
      case 'resync':
        parts.fleetChanged();
        afterGap();
        return;
    }
  };

  const poll = async (): Promise<void> => {
    const ids = register.all().flatMap(openRequests);
    try {
      await askAll(ids);
    } catch (error) {
      noteTrouble(knowledge, error);
      log.warn(
        { component: 'buildbot', count: ids.length, err: error },
        'could not look at the open requests',
      );
    }
  };

  return {
    hint: take,
    requestsKnown() {
      const early = held;
      held = [];
      for (const hint of early) take(hint);
    },
    look(requests) {
      for (const request of requests) ask(request, null);
    },
    poll,
    close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}
