// From JOB_ASSIGN to the answer of the force call, alternating with curl, which sends the same bytes to the same master.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { program } from '../../src/servers/program.ts';
import { until } from '../until.ts';
import { watchAssignments } from './assignments.ts';
import type { Bar, Effort, Row } from './bar.ts';
import { withCleanup } from './cleanup.ts';
import { median, spread, time } from './figures.ts';
import type { Exchange } from './http-relay.ts';
import { isForce, masterIdle } from './master-state.ts';
import { manager } from './measured-daemon.ts';
import { newChange, openPlace, type Place } from './place.ts';

/** As long as the daemon's own name. */
const stranger = 'curl'.padEnd(manager.length, '-');

/** Milliseconds that the same POST takes with curl, as curl itself measures. */
async function curl(place: Place, sent: Exchange): Promise<number> {
  const url = new URL(sent.path, place.buildbot.url);
  const header = ['content-type', 'cookie', 'accept'].flatMap((name) => {
    const value = sent.headers[name];
    return typeof value === 'string' ? ['-H', `${name}: ${value}`] : [];
  });
  // Another manager's marker of the same length: the daemon's sweep is not to cancel it.
  const body = sent.body.replace(` ${manager} `, ` ${stranger} `);
  const args = ['-s', '-S', '-o', '/dev/null', '-w', '%{http_code} %{time_total}', ...header];
  const child = spawn(program('curl', 'curl'), [...args, '--data-binary', '@-', url.href], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(body);
  let said = '';
  child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()));
  await once(child, 'close');
  const [code, seconds] = said.split(' ');
  if (code !== '200') throw new Error(`curl's force call was answered with ${said}`);
  return Number(seconds) * 1_000;
}

interface Pair {
  readonly ours: number;
  readonly call: number;
  readonly curl: number;
}

async function pair(place: Place): Promise<Pair> {
  await masterIdle(place.buildbot);
  const before = place.http.exchanges.length;
  const assignments = watchAssignments(place.gearman);
  const job = await place.client.submit('build:all', newChange());
  const forced = await until(() => place.http.exchanges.slice(before).find(isForce), {
    within: 30_000,
    what: 'the force call',
  });
  const assigned = assignments.assignedAt(job.handle) ?? Number.NaN;
  assignments.end();
  await job.ended(120_000);
  if (job.build.result !== 'SUCCESS') throw new Error(`a job ended ${String(job.build.result)}`);
  const calls = place.http.exchanges.slice(before).filter(isForce);
  if (calls.length !== 1) throw new Error(`${calls.length} force calls were made for one job`);
  await masterIdle(place.buildbot);
  return {
    ours: forced.answeredAt - assigned,
    call: forced.answeredAt - forced.begunAt,
    curl: await curl(place, forced),
  };
}

async function measure({ short, say }: Effort): Promise<readonly Row[]> {
  const pairs = short ? 4 : 20;
  return withCleanup(async (cleanup) => {
    const place = await openPlace(cleanup, { builders: 10 });
    await place.daemon.start();
    // The first of each is for the master to warm up.
    await pair(place);
    say(`${pairs} pairs of a job and a curl`);
    const measured: Pair[] = [];
    for (let count = 0; count < pairs; count += 1) measured.push(await pair(place));
    const ours = measured.map((each) => each.ours);
    const curls = measured.map((each) => each.curl);
    const limit = 1.5 * median(curls) + 100;
    return [
      {
        demanded: `median <= 1.5 x curl + 100 ms = ${time(limit)}`,
        measured: `${spread(ours)}, of it the call ${time(median(measured.map((each) => each.call)))}`,
        peer: `curl: ${spread(curls)}`,
        met: median(ours) <= limit,
      },
    ];
  });
}

export const force: Bar = { name: 'force', title: 'JOB_ASSIGN to all forces answered, 10 builders', measure };
