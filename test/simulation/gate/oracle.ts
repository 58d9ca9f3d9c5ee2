// The five promises of DESIGN.md section 2, held against the world's own truth. Nothing of `src` is imported here: what the daemon
// believes is not asked.

import type { Build, Buildbot, Request } from './buildbot.ts';
import { excuseOf, isConclusive, type TestTruth } from './forgiving.ts';
import type { Item, Launch } from './gatekeeper.ts';
import { createLaunches } from './launches.ts';
import { createSilence, type Silence } from './silence.ts';

export type PromiseName =
  'no lost job' | 'no duplicate build' | 'no false green' | 'no silence' | 'bounded' | 'right word';

export interface Broken {
  readonly promise: PromiseName;
  /** Simulated milliseconds. */
  readonly at: number;
  readonly what: string;
}

export interface Looked {
  /** Daemon, store and master have been there all the time since then, and long enough; null: they are not. */
  readonly wellSince: number | null;
  readonly launches: readonly Launch[];
  /** Calls to the master since the last look. */
  readonly calls: number;
}

export interface OracleParts {
  readonly now: () => number;
  readonly buildbot: () => Buildbot;
  /** Builders whose word counts, with their platforms. */
  readonly voting: (jobName: string) => readonly { readonly name: string; readonly platform: string }[];
  readonly tests: TestTruth;
  /** An unheard builder may be left out where the coverage allows it. */
  readonly withdraws: boolean;
  /** Nothing goes wrong in this course, and the change is good: its verdict is SUCCESS. */
  readonly mustPass: (item: Item) => boolean;
}

export interface Oracle {
  readonly broken: readonly Broken[];
  requested(request: Request): void;
  told(launch: Launch, object: Readonly<Record<string, unknown>>, isEnd: boolean): void;
  ended(item: Item): void;
  /** Somebody asks to measure a decided run once more; `taken`: the daemon has said that it will. */
  recheck(run: string, taken: boolean): void;
  /** What `jobs show` says, after each step that changed a run. */
  readonly silence: Silence;
  /** Called about once in five seconds. */
  looked(seen: Looked): void;
  /** Daemons that share a store: one wrote over what another had written. */
  lostUpdate(what: string): void;
  /** Everything was given the time to come to its end. */
  over(items: readonly Item[]): void;
}

/** Milliseconds. */
const foundWithin = 35_000;
const joinedWithin = 5_000;
/** Bytes of one object, and build requests of one run on one builder. */
const mostBytes = 64 * 1024;
const mostRequests = { votes: 14, others: 24 };
/** Calls to the master in five seconds: far beyond what any of these fleets asks for. */
const mostCalls = 400;

const form = /^gearbridge (\S+) ([0-9a-f]{16}) (\d+) (vote|measure|control) ([0-9a-f]{16}) [0-9a-f]{8}$/;

interface Mark {
  readonly run: string;
  readonly ordinal: string;
  readonly role: string;
  readonly key: string;
}

function markOf({ reason }: Request): Mark | null {
  const [, , run = '', ordinal = '', role = '', key = ''] = form.exec(reason) ?? [];
  return run === '' ? null : { run, ordinal, role, key };
}

function isLive(request: Request): boolean {
  return !request.complete && request.endAskedAt === null;
}

export function runOf(object: Readonly<Record<string, unknown>>): string {
  const extra = object['worker_extra'];
  if (typeof extra !== 'object' || extra === null || !('run' in extra)) return '';
  return String(extra.run);
}

function ended(request: Request): readonly (Build & { ended: NonNullable<Build['ended']> })[] {
  return request.builds.filter(
    (build): build is Build & { ended: NonNullable<Build['ended']> } => build.ended !== null,
  );
}

function passes(request: Request, commit: string): boolean {
  const last = ended(request).at(-1)?.ended.end;
  if (last === undefined) return false;
  return last.results <= 1 && (last.test === 0 || last.test === 1) && last.revision === commit;
}

export function createOracle(parts: OracleParts): Oracle {
  const broken: Broken[] = [];
  const byRun = new Map<string, { request: Request; mark: Mark }[]>();
  const words = new Map<string, string>();
  /** When the gatekeeper heard the verdict of a run. */
  const ends = new Map<string, number>();
  /** Runs that are measured after their verdict, and since when. */
  const rechecks = new Map<string, { readonly since: number; readonly taken: boolean }>();
  /** Good time for which more than one request of a key and builder has been live. */
  const doubled = new Map<string, number>();

  const note = (promise: PromiseName, what: string): void => {
    if (broken.length < 20) broken.push({ promise, at: parts.now(), what });
  };

  const launches = createLaunches({ now: parts.now, buildbot: parts.buildbot, late: note });

  /** A measure is one build, or whole builds one after the other; what is known is not measured again. */
  const measuredTwice = (request: Request, before: readonly { request: Request; mark: Mark }[]): void => {
    const measures = before.filter((each) => each.mark.role === 'measure' && !each.request.late);
    if (measures.some((each) => isLive(each.request)))
      note('no duplicate build', `a second measure while one is live: request ${request.id}`);
    if (
      measures.some((each) =>
        isConclusive({ request: each.request, role: 'measure' }, request.stamp.revision),
      )
    )
      note('no duplicate build', `measured once more though it is known: request ${request.id}`);
  };

  const requested = (request: Request): void => {
    const mark = markOf(request);
    if (mark === null) return;
    const siblings = byRun.get(mark.run) ?? [];
    byRun.set(mark.run, siblings);
    const same = siblings.filter((each) => each.request.builder === request.builder);
    siblings.push({ request, mark });
    const place = `run ${mark.run} on ${request.builder}`;
    const alike = same.filter((each) => (each.mark.role === 'vote') === (mark.role === 'vote'));
    const most = mark.role === 'vote' ? mostRequests.votes : mostRequests.others;
    if (alike.length >= most) note('bounded', `${alike.length + 1} build requests for ${place}`);
    if (mark.role === 'measure' && !request.late && !rechecks.has(mark.run)) measuredTwice(request, alike);
    if (request.late) return;
    if (
      same.some(
        (each) => !each.request.late && each.mark.ordinal === mark.ordinal && each.mark.role === mark.role,
      )
    )
      note('no duplicate build', `attempt ${mark.ordinal} (${mark.role}) of ${place} was sent twice`);
    if (
      mark.role === 'vote' &&
      same.some((each) => !each.request.late && each.mark.role === 'vote' && isLive(each.request))
    )
      note('no duplicate build', `a second request while one is live: ${place}`);
  };

  /** Requests of one key on one builder that are live together although nothing asks for more than one. */
  const lookForDoubles = (passed: number): void => {
    const live = new Map<string, number>();
    for (const request of parts.buildbot().requests) {
      const mark = isLive(request) ? markOf(request) : null;
      if (mark?.role !== 'vote') continue;
      const place = `run ${mark.run} on ${request.builder}`;
      live.set(place, (live.get(place) ?? 0) + 1);
      // One that is made when its run is over is one too many by itself.
      if (request.madeAt > (ends.get(mark.run) ?? Infinity)) live.set(place, (live.get(place) ?? 0) + 1);
    }
    for (const [place, count] of live) {
      const since = (doubled.get(place) ?? 0) + passed;
      if (count > 1) doubled.set(place, since);
      else doubled.delete(place);
      if (count > 1 && since > foundWithin && since - passed <= foundWithin)
        note('no duplicate build', `${count} live requests for ${since} ms: ${place}`);
    }
    for (const place of doubled.keys()) if (!live.has(place)) doubled.delete(place);
  };

  const judgeGreen = (launch: Launch, run: string): void => {
    const { commit, ref, jobName } = launch.item.change;
    const all = byRun.get(run) ?? [];
    const votes = all.filter(({ mark }) => mark.role === 'vote').map(({ request }) => request);
    const measures = all.map(({ request, mark }) => ({ request, role: mark.role }));
    const strange = votes.find(({ stamp }) => stamp.revision !== commit || stamp.branch !== ref);
    if (strange !== undefined) note('no false green', `evidence of another commit: request ${strange.id}`);
    const covered = new Set<string>();
    const without: string[] = [];
    for (const { name, platform } of parts.voting(jobName)) {
      const mine = votes.filter(({ builder }) => builder === name);
      const excuse = excuseOf(parts.tests, launch.item.change, {
        builder: name,
        votes: mine.filter(({ late }) => !late),
        measures: measures.filter(({ request }) => request.builder === name),
      });
      if (typeof excuse !== 'string')
        note('no false green', `SUCCESS though a test failed on ${name}: ${excuse.why}`);
      if (excuse === 'forgiven') covered.add(platform);
      else if (excuse === 'withdrawn') without.push(platform);
      else if (mine.some((request) => passes(request, commit))) covered.add(platform);
      else if (mine.some(({ builds }) => builds.length > 0) || !parts.withdraws)
        note('no false green', `SUCCESS without a passed build on ${name}`);
      else without.push(platform);
    }
    const missing = without.find((platform) => !covered.has(platform));
    if (missing !== undefined) note('no false green', `SUCCESS though ${missing} is not covered`);
  };

  const judgeRed = (launch: Launch, run: string): void => {
    const names = new Set(parts.voting(launch.item.change.jobName).map(({ name }) => name));
    const builds = (byRun.get(run) ?? [])
      .filter(({ request }) => names.has(request.builder))
      .flatMap(({ request }) => ended(request));
    const guilty = builds.some(({ ended: { end } }) => end.results === 2 || end.test === 2 || end.test === 1);
    if (!guilty)
      note('right word', `FAILURE for ${launch.item.change.name}, and no build of run ${run} failed`);
  };

  /** Only a person's stop is ABORTED; or a job came to a run in the moment in which that was stopped. */
  const judgeAborted = (launch: Launch, run: string): void => {
    const meddled = (byRun.get(run) ?? []).some(({ request }) => request.personal);
    if (!meddled && parts.now() - launch.at > joinedWithin)
      note('right word', `ABORTED for ${launch.item.change.name}, which nobody stopped`);
    if (!meddled && (byRun.get(run) ?? []).some(({ request }) => request.madeAt < launch.at - joinedWithin))
      note(
        'right word',
        `ABORTED for ${launch.item.change.name}, which joined a run that was stopped before`,
      );
  };

  const silence = createSilence({ now: parts.now, broken: (what) => note('no silence', what) });

  return {
    ...{ broken, requested, silence },
    told(launch, object, isEnd) {
      const { result } = object;
      for (const name of ['name', 'number', 'manager', 'url'])
        if (typeof object[name] !== 'string' || object[name] === '')
          note('no lost job', `an object without ${name}`);
      if (JSON.stringify(object).length > mostBytes) note('bounded', 'an object of more than 64 KiB');
      if (launch.number !== null && object['number'] !== launch.number)
        note('no lost job', 'the number of a job changed');
      if (result === undefined && !isEnd) return;
      launches.noteResult(launch);
      if (typeof result !== 'string' || result === '')
        note('no lost job', `a result that is no word: ${String(result)}`);
      if (launch.state === 'cancelled' || launch.item.dropped) return;
      const run = runOf(object);
      const word = String(result);
      const said = words.get(run);
      if (said !== undefined && said !== word && word !== 'ABORTED' && said !== 'ABORTED')
        note('no lost job', `run ${run} said ${said} and then ${word}`);
      words.set(run, word);
      if (!isEnd) return;
      if (word !== 'ABORTED' && !ends.has(run)) ends.set(run, parts.now());
      if (word === 'SUCCESS') judgeGreen(launch, run);
      if (word === 'FAILURE') judgeRed(launch, run);
      if (word === 'ABORTED') judgeAborted(launch, run);
    },
    ended(item) {
      if (item.result === 'RETRY_LIMIT') note('no lost job', `${item.change.name} used up its tries`);
      if (parts.mustPass(item) && item.result !== 'SUCCESS')
        note(
          'right word',
          `${item.result ?? 'nothing'} for the good change ${item.change.name} where nothing went wrong`,
        );
    },
    recheck(run, taken) {
      const since = rechecks.get(run)?.since ?? parts.now();
      rechecks.set(run, { since, taken: taken || rechecks.get(run)?.taken === true });
    },
    lostUpdate: (what) => note('no lost job', what),
    looked({ wellSince, launches: all, calls }) {
      if (calls > mostCalls) note('bounded', `${calls} calls to the master in five seconds`);
      if (wellSince === null) return;
      lookForDoubles(5_000);
      launches.looked(all, wellSince);
    },
    over(items) {
      for (const { change, dropped, result, launches } of items)
        if (!dropped && result === null)
          note('no lost job', `${change.name} has no result after ${launches.length} tries`);
      for (const [run, { since, taken }] of rechecks)
        if (
          taken &&
          !(byRun.get(run) ?? []).some(
            ({ request, mark }) => mark.role === 'measure' && request.madeAt >= since,
          )
        )
          note('no lost job', `run ${run} was to be measured once more, and was not`);
      for (const request of parts.buildbot().requests)
        if (markOf(request) !== null && !request.complete)
          note(
            'no lost job',
            `request ${request.id} on ${request.builder} was left at Buildbot: ${request.reason}`,
          );
    },
  };
}
