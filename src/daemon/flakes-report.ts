// The report of failures over time: day counters to rows with rates, and the figures by which the classing itself is measured.

import { wasWrong } from '../flakes/history/excuses.ts';
import { reportLines, share, type ReportLine, type Share } from '../flakes/history/report.ts';
import { enoughRuns } from '../flakes/statistics/rate.ts';
import { dayOf, daysBetween } from '../store/day.ts';
import type { BuildRecord } from '../store/build-record.ts';
import type { History } from '../store/history.ts';
import type { FlakesReport, FlakesRow, FlakesScope, RateView, ShareView } from '../views/flakes.ts';
import { oneLine } from '../views/text.ts';

const day = 86_400_000;
const hour = 3_600_000;
const nameRoom = 300;
/** Excused builds that are followed up, the newest first, and for how long. */
const followedUp = 50;
const followedFor = 14 * day;
/** Failed builds, the newest, among which votes are looked for that waited for a verdict. */
const delaysFrom = 100;

const subjects: readonly FlakesRow['of'][] = ['signature', 'test', 'builder', 'worker', 'branch'];

function rounded(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}

function rateView({
  failures,
  runs,
  interval,
}: Pick<ReportLine, 'failures' | 'runs' | 'interval'>): RateView {
  const { low, high } = interval;
  const rate = runs === 0 ? null : failures / runs;
  return { failures, runs, rate, low, high, small: runs < enoughRuns };
}

/** A share as it is shown. */
export function shareView({ hits, of, interval }: Share): ShareView {
  return { count: hits, of, rate: of === 0 ? null : hits / of, low: interval.low, high: interval.high };
}

interface Around {
  readonly gateRuns: number;
  readonly firstSeen: ReadonlyMap<string, number>;
}

function rowView(line: ReportLine, of: FlakesRow['of'], { gateRuns, firstSeen }: Around): FlakesRow {
  const { total } = line;
  const everywhere = of === 'signature' || of === 'test';
  const known = everywhere ? firstSeen.get(line.name) : undefined;
  return {
    of,
    name: oneLine(line.name, nameRoom),
    ...rateView(line),
    trend: line.trend,
    gate_failures: total.gateFailures,
    gate_runs: everywhere ? gateRuns : total.gateRuns,
    seen: total.seen,
    cleared: total.cleared,
    forgiven: total.forgiven,
    withdrawn: total.withdrawn,
    builder_hours: rounded(total.cost / hour, 2),
    first_seen: known === undefined ? line.first : dayOf(known),
    last_seen: line.last,
    by_day: line.byDay,
  };
}

async function rowsOf(
  history: History,
  of: FlakesRow['of'],
  { lines, gateRuns }: { readonly lines: readonly ReportLine[]; readonly gateRuns: number },
): Promise<readonly FlakesRow[]> {
  const names = lines.map(({ name }) => name);
  const firstSeen =
    of === 'signature' || of === 'test' ? await history.firstSeen(of, names) : new Map<string, number>();
  return lines.map((line) => rowView(line, of, { gateRuns, firstSeen }));
}

function isIn(build: BuildRecord, { branch, builder, worker }: FlakesScope): boolean {
  return (
    (branch ?? build.branch) === build.branch &&
    (builder ?? build.builder) === build.builder &&
    (worker ?? build.worker) === build.worker
  );
}

/** Of the newest excused failures of the scope, those that landed commits then showed as broken. */
async function falselyExcused(
  history: History,
  scope: FlakesScope,
  { since, now }: { readonly since: number; readonly now: number },
): Promise<Share> {
  const found = await history.builds({ since, which: 'excused', limit: followedUp });
  const builds = found.filter((build) => isIn(build, scope));
  let [looked, wrong] = [0, 0];
  for (const build of builds) {
    const { builder: name, project, branch: line, completeAt } = build;
    const window = { from: completeAt, to: Math.min(now, completeAt + followedFor) };
    const after = await history.baseBuilds({ builder: name, project, branch: line, ...window });
    for (const { ruling, excuseKey } of build.failures) {
      if (ruling !== 'forgiven' || excuseKey === null) continue;
      looked += 1;
      if (wasWrong(excuseKey, after)) wrong += 1;
    }
  }
  return share(wrong, looked);
}

/** How long the newest failed votes of the scope waited for their verdict: repeats, controls and other builders included. */
async function toVerdict(
  history: History,
  scope: FlakesScope,
  since: number,
): Promise<FlakesReport['to_verdict']> {
  const found = await history.builds({ since, which: 'failed', limit: delaysFrom });
  const delays = found
    .filter((build) => build.role === 'vote' && isIn(build, scope))
    .flatMap(({ decidedAt, completeAt }) => (decidedAt === undefined ? [] : [decidedAt - completeAt]))
    .sort((one, other) => one - other);
  const middle = delays[Math.floor(delays.length / 2)];
  if (middle === undefined) return null;
  return { median_seconds: Math.max(0, Math.round(middle / 1000)), of: delays.length };
}

const nobody: Pick<ReportLine, 'failures' | 'runs' | 'interval'> = {
  failures: 0,
  runs: 0,
  interval: { low: 0, high: 1 },
};

/** Makes the counted part of a report up to `now` (milliseconds since 1970); `top` rows of each subject. */
export async function flakesReport(
  history: History,
  query: FlakesScope & { readonly top: number },
  now: number,
): Promise<Omit<FlakesReport, 'findings'>> {
  const { branch, builder, worker, top } = query;
  const since = Math.max(0, now - query.window);
  const [from, to] = [dayOf(since), dayOf(now)];
  const rows = await history.tallies({ scope: { branch, builder, worker }, from, to });
  const lines = reportLines(rows, daysBetween(from, to));
  const all = lines.find(({ of }) => of === 'all');
  const total = all?.total;
  const gateRuns = total?.gateRuns ?? 0;
  const found: FlakesRow[] = [];
  const more: Partial<Record<FlakesRow['of'], number>> = {};
  for (const of of subjects) {
    const own = lines.filter((line) => line.of === of);
    found.push(...(await rowsOf(history, of, { lines: own.slice(0, top), gateRuns })));
    if (own.length > top) more[of] = own.length - top;
  }
  return {
    from,
    to,
    branch,
    builder,
    worker,
    builds: rateView(all ?? nobody),
    gate: { failures: total?.gateFailures ?? 0, runs: gateRuns },
    classified: shareView(share(total?.classed ?? 0, total?.seen ?? 0)),
    falsely_excused: shareView(await falselyExcused(history, query, { since, now })),
    flipped: shareView(share(total?.flipped ?? 0, total?.retested ?? 0)),
    retry_hours: rounded((total?.retry ?? 0) / hour, 2),
    to_verdict: await toVerdict(history, query, since),
    rows: found,
    more,
  };
}
