// A gatekeeper in the manner of Zuul 2.6: wants a verdict for each change, stops what it does not want any more, and begins everything
// anew under another id when its connection is lost or a job comes back without a result (GATEKEEPER.md sections 2, 3 and 7).

import type { Chance } from '../fuzz/chance.ts';
import { connectGearmanClient, type GearmanClient, type SubmittedJob } from '../gearman-client.ts';
import { change as argumentsOf } from '../stories/gate.ts';
import { drawChange, type Change } from './changes.ts';

/** One submission. */
export interface Launch {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Null: the server has not said that it has it. */
  job: SubmittedJob | null;
  /** The connection ended first. */
  lost: boolean;
}

/** One thing that is to be proved. */
export interface Item {
  readonly change: Change;
  readonly launches: Launch[];
  /** When its stop was sent; milliseconds since 1970. */
  stoppedAt: number | null;
  /** Nobody waits for it any more: it was to be stopped, and came back without a result or was lost with a connection. */
  dropped: boolean;
  /** The word that it was given, and when. */
  verdict: { readonly word: string; readonly at: number } | null;
}

export interface GatekeeperParts {
  /** The way to gearmand. */
  readonly port: number;
  readonly chance: Chance;
  /** Wanted at once. */
  readonly atOnce: number;
  /** Says what the builds of changes do before one of them is asked for. */
  readonly steer: (changes: readonly Change[]) => Promise<void>;
  readonly note: (line: string) => void;
}

export interface Gatekeeper {
  readonly items: readonly Item[];
  /** Looks at everything once and does what is due; called some times a second. New changes are wanted only while `wanting`. */
  look(wanting: boolean): Promise<void>;
  isDone(): boolean;
  close(): void;
}

const manager = 'gate.test';
/** Milliseconds between two tries to connect. */
const tryEvery = 500;

function isOpen({ verdict, dropped }: Item): boolean {
  return verdict === null && !dropped;
}

export function createGatekeeper(parts: GatekeeperParts): Gatekeeper {
  const { chance, note } = parts;
  const items: Item[] = [];
  let client: GearmanClient | null = null;
  let drawn = 0;
  let triedAt = -Infinity;

  const launch = (item: Item, to: GearmanClient): void => {
    const made: Launch = { at: Date.now(), job: null, lost: false };
    item.launches.push(made);
    // Where the connection ends before the answer nothing comes of it, and `lose` begins the item anew.
    void to.submit(`build:${item.change.job}`, argumentsOf(item.change.name)).then((job) => {
      made.job = job;
      note(`${item.change.name} (${item.change.truth}, ${item.change.job}) is job ${job.unique}`);
    });
  };

  const lose = (): void => {
    note('the gatekeeper lost its connection');
    for (const item of items.filter(isOpen)) {
      const last = item.launches.at(-1);
      if (last !== undefined) last.lost = true;
      if (item.stoppedAt !== null) item.dropped = true;
    }
    client = null;
  };

  const connected = async (): Promise<GearmanClient | null> => {
    if (client !== null && !client.isOpen()) lose();
    if (client !== null) return client;
    if (performance.now() < triedAt + tryEvery) return null;
    triedAt = performance.now();
    // Refused: gearmand is away.
    const made = await connectGearmanClient(parts.port).catch(() => null);
    client = made;
    return made;
  };

  const settle = (item: Item, job: SubmittedJob): void => {
    const { result } = job.build;
    if (typeof result === 'string') item.verdict = { word: result, at: Date.now() };
    else if (item.stoppedAt !== null) item.dropped = true;
    note(`${item.change.name} (${item.change.truth}) ended ${String(result)} as job ${job.unique}`);
  };

  const stopIfDue = (item: Item, job: SubmittedJob, to: GearmanClient): void => {
    const { stopAfter } = item.change;
    const number = job.build.number;
    const begun = job.packets[0]?.at;
    if (stopAfter === null || item.stoppedAt !== null || begun === undefined || typeof number !== 'string')
      return;
    if (performance.now() - begun < stopAfter) return;
    item.stoppedAt = Date.now();
    note(`${item.change.name} is stopped`);
    void to.submit(`stop:${manager}`, { name: item.change.job, number });
  };

  const lookAt = (item: Item, to: GearmanClient): void => {
    const last = item.launches.at(-1);
    const job = last?.job ?? null;
    if (job?.build.ended === true) settle(item, job);
    if (!isOpen(item)) return;
    if (last === undefined || last.lost || job?.build.ended === true) launch(item, to);
    else if (job !== null) stopIfDue(item, job, to);
  };

  const wantMore = async (): Promise<void> => {
    const fresh: Item[] = [];
    while (items.filter(isOpen).length + fresh.length < parts.atOnce) {
      drawn += 1;
      const change = drawChange(chance, drawn);
      const item = (): Item => ({ change, launches: [], stoppedAt: null, dropped: false, verdict: null });
      fresh.push(item());
      if (change.truth === 'wanted twice') fresh.push(item());
    }
    if (fresh.length === 0) return;
    const wanted = [...items, ...fresh].map(({ change }) => change);
    await parts.steer(wanted);
    items.push(...fresh);
  };

  return {
    items,
    async look(wanting) {
      const to = await connected();
      if (to === null) return;
      if (wanting) await wantMore();
      for (const item of items.filter(isOpen)) lookAt(item, to);
    },
    isDone: () => !items.some(isOpen),
    close: () => client?.close(),
  };
}
