// The simulated gatekeeper: it wants a verdict for each of its changes, submits, relaunches what came back without a result, stops what
// it no longer wants (GATEKEEPER.md sections 2, 3 and 7). The last object it was sent is the state of a build to it.

import { below, type Chance } from '../flakes/chance.ts';
import type { Client, GearmanServer, ServerJob } from './gearman-server.ts';
import type { Time } from './time.ts';

/** One thing to prove. Equal contents ask for the same work. */
export interface Change {
  readonly name: string;
  readonly jobName: string;
  readonly branch: string;
  readonly ref: string;
  readonly commit: string;
  /** Files that it says to be touched; null: it does not say. */
  readonly files: readonly string[] | null;
}

/** One submission. */
export interface Launch {
  readonly item: Item;
  readonly unique: string;
  readonly at: number;
  readonly job: ServerJob;
  number: string | null;
  manager: string | null;
  /** The last object that came. */
  last: Readonly<Record<string, unknown>> | null;
  state: 'open' | 'cancelled' | 'over';
}

export interface Item {
  readonly change: Change;
  readonly launches: Launch[];
  /** Nobody wants it any more. */
  dropped: boolean;
  /** When its stop was answered. */
  stoppedAt: number | null;
  result: string | null;
}

export interface GatekeeperParts {
  readonly time: Time;
  readonly chance: Chance;
  readonly server: GearmanServer;
  /** Each object of a launch as it comes, and its end. */
  readonly told: (launch: Launch, object: Readonly<Record<string, unknown>>, isEnd: boolean) => void;
  readonly ended: (item: Item) => void;
}

export interface Gatekeeper {
  readonly items: readonly Item[];
  want(change: Change): Item;
  /** The same change is asked for once more, as another pipeline may. */
  wantAgain(item: Item): Item;
  /** It does not want the item any more. */
  drop(item: Item): void;
  /** Its connection to the server ends, and it begins all that is open anew. */
  reconnect(): void;
}

/** Zuul counts three; more lets a course have more faults before the gatekeeper itself gives up. */
const tries = 12;

function hex(chance: Chance, digits: number): string {
  return Array.from({ length: digits }, () => below(chance, 16).toString(16)).join('');
}

function payloadOf({ jobName, branch, ref, commit, name, files }: Change, unique: string): string {
  return JSON.stringify({
    ...{
      ZUUL_UUID: unique,
      ZUUL_PROJECT: 'sim',
      ZUUL_PIPELINE: 'gate',
      ZUUL_URL: 'https://git.example.org',
      ZUUL_VOTING: '1',
    },
    ...{ ZUUL_BRANCH: branch, ZUUL_REF: ref, ZUUL_COMMIT: commit, ZUUL_CHANGE: name, ZUUL_JOB: jobName },
    ...(files === null ? {} : { GATE_FILES: JSON.stringify(files) }),
  });
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`no object: ${text}`);
  return value as Readonly<Record<string, unknown>>;
}

export function createGatekeeper(parts: GatekeeperParts): Gatekeeper {
  const { time, chance, server } = parts;
  const items: Item[] = [];

  const settle = (launch: Launch): void => {
    const { item } = launch;
    launch.state = 'over';
    const result = launch.last?.['result'];
    if (item.dropped || item.result !== null) return;
    if (result !== undefined && result !== null)
      item.result = typeof result === 'string' ? result : JSON.stringify(result);
    else if (item.launches.length >= tries) item.result = 'RETRY_LIMIT';
    if (item.result === null) later(20 + 200 * chance(), () => launchOf(item));
    else parts.ended(item);
  };

  const clients = new Map<Launch, Client>();

  const launchOf = (item: Item): void => {
    if (item.dropped || item.result !== null) return;
    // With no server there, Zuul's own answer is final; a course has none of that, for it says nothing of us.
    if (!server.isUp()) {
      later(300, () => launchOf(item));
      return;
    }
    const unique = hex(chance, 32);
    const client: Client = {
      data(text) {
        if (launch.state === 'over') return;
        const object = objectOf(text);
        launch.last = object;
        launch.number ??= String(object['number']);
        launch.manager ??= String(object['manager']);
        parts.told(launch, object, false);
      },
      ended(text) {
        if (launch.state === 'over') return;
        if (text !== null && text !== '') {
          launch.last = objectOf(text);
          parts.told(launch, launch.last, true);
        }
        settle(launch);
      },
    };
    const job = server.submit(client, {
      function: `build:${item.change.jobName}`,
      unique,
      payload: payloadOf(item.change, unique),
    });
    const launch: Launch = {
      item,
      unique,
      at: time.now(),
      job,
      number: null,
      manager: null,
      last: null,
      state: 'open',
    };
    clients.set(launch, client);
    item.launches.push(launch);
  };

  const later = (milliseconds: number, task: () => void): void => time.after(milliseconds, task, 'world');

  const stop = (launch: Launch, again: boolean): void => {
    if (launch.state === 'over') return;
    launch.state = 'cancelled';
    const { number, manager, job } = launch;
    if (number !== null) {
      const answered: Client = {
        data: () => undefined,
        ended: (answer) => {
          if (answer !== null) launch.item.stoppedAt ??= time.now();
        },
      };
      const payload = JSON.stringify({ name: launch.item.change.jobName, number });
      if (server.isUp())
        server.submit(answered, { function: `stop:${manager ?? ''}`, unique: hex(chance, 32), payload });
    } else if (!server.cancel(job.handle) && again) later(1_000, () => stop(launch, false));
  };

  const want = (change: Change): Item => {
    const item: Item = { change, launches: [], dropped: false, stoppedAt: null, result: null };
    items.push(item);
    launchOf(item);
    return item;
  };

  return {
    items,
    want,
    wantAgain: (item) => want(item.change),
    drop(item) {
      if (item.dropped || item.result !== null) return;
      item.dropped = true;
      for (const launch of item.launches) stop(launch, true);
    },
    reconnect() {
      for (const [launch, client] of clients) {
        if (launch.state === 'over') continue;
        server.clientLeft(client);
        launch.last = null;
        settle(launch);
      }
    },
  };
}
