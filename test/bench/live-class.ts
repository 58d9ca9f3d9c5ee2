// From the last line of a failing log at Buildbot, as the benchmark itself hears of it there, to its class in the daemon's JSON and at the
// gatekeeper: of a step that has ended, and of one that goes on after it has failed.

import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Buildbot } from '../../src/servers/buildbot.ts';
import type { JobView } from '../../src/views/document.ts';
import type { SubmittedJob } from '../gearman-client.ts';
import { until } from '../until.ts';
import type { Bar, Effort, Row } from './bar.ts';
import { withCleanup } from './cleanup.ts';
import { largest, spread } from './figures.ts';
import { masterIdle } from './master-state.ts';
import { manager, shippedSignatures } from './measured-daemon.ts';
import { newChange, openPlace, type Place } from './place.ts';

const failing = 'Bench 01 3.x';
/** Seconds that a step goes on after its last line; the worker sends what was printed after five at the latest. */
const goesOn = 20;

interface Heard {
  /** `performance.now()` of the last `append` of a log of the failing builder since `forget`. */
  lastLine(): number | null;
  /** Its step has ended. */
  hasEnded(): boolean;
  forget(): void;
  close(): void;
}

interface Message {
  readonly k?: string;
  readonly m?: { readonly stepid?: number; readonly name?: string; readonly results?: number | null };
}

/** Logs grow on every builder: the failing one's is the log of the step that ends with 2, or the longest while none has ended. */
async function hearLogs({ ws }: Pick<Buildbot, 'ws'>): Promise<Heard> {
  const socket = new WebSocket(ws, { perMessageDeflate: false });
  const appended = new Map<number, { at: number; lines: number }>();
  let failed: number | null = null;
  let answered = 0;
  await once(socket, 'open');
  socket.on('message', (data: Buffer) => {
    const at = performance.now();
    const { k = '', m } = JSON.parse(data.toString()) as Message & { m?: { num_lines?: number } };
    if (m?.stepid === undefined) answered += 1;
    else if (k.endsWith('/append')) appended.set(m.stepid, { at, lines: m.num_lines ?? 0 });
    else if (m.results === 2) failed = m.stepid;
  });
  for (const [id, path] of ['logs/*/append', 'steps/*/finished'].entries())
    socket.send(JSON.stringify({ cmd: 'startConsuming', path, _id: id }));
  await until(() => answered === 2, { within: 10_000, what: 'the master to accept the subscriptions' });
  return {
    lastLine() {
      const [longest] = [...appended.values()].sort((one, other) => other.lines - one.lines);
      return (failed === null ? longest : appended.get(failed))?.at ?? null;
    },
    hasEnded: () => failed !== null,
    forget() {
      appended.clear();
      failed = null;
    },
    close: () => socket.terminate(),
  };
}

type Classes = Readonly<Record<string, string>>;

/** Name and class of the builders that have one. */
function classesIn(builders: readonly { readonly name: string; readonly class: string | null }[]): Classes {
  return Object.fromEntries(builders.flatMap((one) => (one.class === null ? [] : [[one.name, one.class]])));
}

async function classOnPage(place: Place, job: SubmittedJob): Promise<string | undefined> {
  const answer = await fetch(new URL(`api/v1/jobs/${job.unique}`, place.daemon.web), {
    signal: AbortSignal.timeout(10_000),
  });
  const { builders } = (await answer.json()) as JobView;
  return classesIn(builders)[failing];
}

/** When the gatekeeper was first told of a class. */
function classInData({ packets }: SubmittedJob): number | undefined {
  return packets.find(({ name, body }) => {
    if (name !== 'WORK_DATA') return false;
    const { builders } = JSON.parse(body.toString()) as { builders?: JobView['builders'] };
    return builders !== undefined && classesIn(builders)[failing] !== undefined;
  })?.at;
}

interface Shown {
  /** Milliseconds from the last line. */
  readonly page: number;
  readonly data: number;
}

async function one(place: Place, heard: Heard, running: boolean): Promise<Shown> {
  await masterIdle(place.buildbot);
  heard.forget();
  const says = running ? (`says vote:test_ssl=1 stays=${goesOn}` as const) : 'says vote:test_ssl=1';
  await place.buildbot.scenarios({ by_builder: { [failing]: says }, default: 'slow', duration: 60 });
  const job = await place.client.submit('build:all', newChange());
  const within = 60_000;
  await until(async () => (await classOnPage(place, job)) !== undefined, { within, what: 'the class' });
  const page = performance.now();
  const wasRunning = !heard.hasEnded();
  if (running !== wasRunning)
    throw new Error(`the class came when the step ${wasRunning ? 'ran' : 'had ended'}`);
  const data = await until(() => classInData(job), { within, what: 'the class at the gatekeeper' });
  const last = heard.lastLine();
  if (last === null) throw new Error('a class was shown, and no log has grown');
  const stop = await place.client.submit(`stop:${manager}`, { name: '', number: job.unique });
  await Promise.all([stop.ended(60_000), job.ended(60_000)]);
  return { page: page - last, data: data - last };
}

function rowsOf(seen: readonly Shown[], what: string): readonly Row[] {
  const parts = [
    ['in the JSON of its page', seen.map(({ page }) => page)],
    ['in WORK_DATA', seen.map(({ data }) => data)],
  ] as const;
  return parts.map(([where, times]) => ({
    demanded: `<= 2 s: ${what}, ${where}`,
    measured: spread(times),
    peer: '',
    met: largest(times) <= 2_000,
  }));
}

async function measure({ short, say }: Effort): Promise<readonly Row[]> {
  return withCleanup(async (cleanup) => {
    const place = await openPlace(cleanup, { builders: 4, signatures: shippedSignatures });
    const heard = await hearLogs(place.buildbot);
    cleanup.add(() => heard.close());
    await place.daemon.start();
    const course = async (running: boolean, rounds: number): Promise<readonly Shown[]> => {
      const seen: Shown[] = [];
      for (let round = 0; round < rounds; round += 1) seen.push(await one(place, heard, running));
      return seen;
    };
    say('steps that end with their last line');
    const ended = await course(false, short ? 3 : 20);
    say('steps that go on');
    const open = await course(true, short ? 2 : 10);
    return [...rowsOf(ended, 'a step that has ended'), ...rowsOf(open, 'a step that goes on')];
  });
}

export const liveClass: Bar = {
  name: 'live-class',
  title: 'last line of a failing log to its class',
  measure,
};
