// What the daemon does again and again, and how often. Together an idle gate asks Buildbot at most four times a minute.

import { isUndecided } from '../gate/run.ts';
import type { Task } from './loops.ts';
import type { Wiring } from './wiring.ts';

/** Milliseconds. */
const pokeEvery = 1_000;
const instancesEvery = 250;
const pokeEndedEvery = 5_000;
const minderEvery = 1_000;
const sweepEvery = 30_000;
const lookEvery = 1_000;
const pollWithoutEvents = 28_000;
const pollWithEvents = 300_000;
const clientsEvery = 15_000;
const clientsSoon = 2_000;
const clientsTurn = 1_000;
const liveEvery = 500;
const signaturesEvery = 5_000;
const machineEvery = 5_000;
const findingsFirst = 30_000;
const findingsEvery = 10_000;
const statusEvery = 10_000;
const housekeepingEvery = 3_600_000;
const day = 24 * 3_600_000;
/** On the disk; some millions of failures. */
const historyBytes = 4 * 1024 ** 3;

/** Runs that are looked at in one turn of the loop: hundreds at once would keep an answer waiting. */
const pokedAtOnce = 20;

function poke({ core: { register, engine }, gatekeeper: { reports } }: Wiring): () => Promise<void> {
  let endedAt = 0;
  return async () => {
    const withEnded = performance.now() - endedAt >= pokeEndedEvery;
    if (withEnded) endedAt = performance.now();
    const due = register.all().filter((run) => withEnded || isUndecided(run));
    for (const [at, { id }] of due.entries()) {
      if (at > 0 && at % pokedAtOnce === 0) await new Promise((resolve) => setImmediate(resolve));
      engine.happen(id, { kind: 'poke' });
    }
    reports.tick((number) => register.ofNumber(number));
  };
}

async function keepHouse({ core: { store, options, config } }: Wiring): Promise<void> {
  const { keepDays, historyDays } = config.get().retention;
  await store.forget(Date.now() - keepDays * day);
  await store.history.forget(Date.now() - historyDays * day);
  const trimmed = await store.history.trim(historyBytes);
  if (trimmed > 0)
    options.log.warn(
      { component: 'store', count: trimmed },
      'the history is full: its oldest builds were forgotten',
    );
}

/** Connections that were refused a grab sleep: what closed the gate, such as a store without room, may be over. */
function wakeOnceOpen({ core: { gate }, gatekeeper: { gearman } }: Wiring): () => void {
  let wasClosed = false;
  return () => {
    const isClosed = gate.closed().closed !== 'no';
    if (wasClosed && !isClosed) gearman.wake();
    wasClosed = isClosed;
  };
}

/** One line for `systemctl status`. */
function statusLine({ core, mode }: Wiring): string {
  const runs = core.register.all();
  const running = runs.filter((run) => run.phase === 'started').length;
  const waiting = runs.filter((run) => run.phase === 'waiting').length;
  const { mode: now, why } = mode();
  return `${running} running, ${waiting} waiting; ${now}${why === '' ? '' : `: ${why}`}`;
}

/** Whether jobs that lost their connection may be on their way back: then servers are asked more often. */
function someoneIsLost({ core: { register } }: Wiring): boolean {
  return register
    .all()
    .some(
      (run) =>
        isUndecided(run) &&
        run.jobs.some((job) => job.state === 'open' && !job.bindings.some(({ state }) => state === 'live')),
    );
}

/** Servers are asked every 15 s; sooner for a new job, and while somebody may be on the way back. */
function askClients(wiring: Wiring): () => Promise<void> {
  const { clients } = wiring.gatekeeper;
  let askedAt = -Infinity;
  return async () => {
    const soon = clients.hasNew() || someoneIsLost(wiring);
    if (performance.now() - askedAt < (soon ? clientsSoon : clientsEvery)) return;
    await clients.round();
    askedAt = performance.now();
  };
}

/**
 * The task for a master that answers: while it is away nothing runs, and it is looked every second whether it is back. Else the
 * first round after a start, which comes before the master has answered at all, would be lost, and with it 30 s.
 */
export function onceUp(isUp: () => boolean, task: Task): Task {
  let ran = false;
  return {
    name: task.name,
    every: () => (ran ? task.every() : lookEvery),
    run: async () => {
      ran = isUp();
      if (ran) await task.run();
    },
  };
}

/** What may wait leaves the first seconds after a start to the gate. */
function notBefore(milliseconds: number, task: () => Promise<void>): () => Promise<void> {
  const from = performance.now() + milliseconds;
  return async () => {
    if (performance.now() >= from) await task();
  };
}

/** Polling needs a master that answers; while it is away the minder alone asks. */
function whileUp(wiring: Wiring, task: () => Promise<void> | void): () => Promise<void> {
  return async () => {
    if (wiring.core.knowledge.get().buildbot === 'up') await task();
  };
}

/** Where instances share the store: a stop that reached another one is done within a second (RUNS.md 8.4). */
function sharing({ gatekeeper: { instances } }: Wiring): readonly Task[] {
  if (instances === null) return [];
  return [{ name: 'instances', every: () => instancesEvery, run: () => instances.round() }];
}

export function rhythms(wiring: Wiring): readonly Task[] {
  const { master, minder, watcher, sweep } = wiring.buildbot;
  const { notifier } = wiring.core.options;
  return [
    { name: 'runs', every: () => pokeEvery, run: poke(wiring) },
    ...sharing(wiring),
    { name: 'grabbing', every: () => pokeEvery, run: wakeOnceOpen(wiring) },
    { name: 'buildbot', every: () => minderEvery, run: () => minder.tick() },
    onceUp(() => wiring.core.knowledge.get().buildbot === 'up', {
      name: 'sweep',
      every: () => sweepEvery,
      run: sweep,
    }),
    {
      name: 'poll',
      every: () => (master.watching() ? pollWithEvents : pollWithoutEvents),
      run: whileUp(wiring, () => watcher.poll()),
    },
    { name: 'machine', every: () => machineEvery, run: () => wiring.core.pressure.look() },
    { name: 'signatures', every: () => signaturesEvery, run: () => wiring.reading.signatures.refresh() },
    {
      name: 'live',
      every: () => liveEvery,
      run: whileUp(wiring, () => {
        // One slow log must not keep the others waiting.
        void wiring.reading.live.tick();
      }),
    },
    { name: 'gearman', every: () => clientsTurn, run: askClients(wiring) },
    {
      name: 'systemd',
      every: () => statusEvery,
      run: () => {
        notifier.status(statusLine(wiring));
      },
    },
    {
      name: 'builds',
      every: () => minderEvery,
      run: () => {
        wiring.past.tick();
      },
    },
    {
      name: 'findings',
      every: () => findingsEvery,
      run: notBefore(findingsFirst, () => wiring.past.findings.tick()),
    },
    { name: 'store', every: () => housekeepingEvery, run: () => keepHouse(wiring) },
  ];
}
