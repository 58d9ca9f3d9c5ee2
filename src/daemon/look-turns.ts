// Which logs of running steps are looked at next. Nothing is gained by asking for what Buildbot has not got (BUILDBOT.md section 7), and a
// green job must stay cheap: looks at logs that show nothing wrong are rationed, one request each.

import type { RunId } from '../gate/ids.ts';

/** What is known of a followed log; moments are monotonic milliseconds. */
export interface Turn {
  readonly run: RunId;
  /** It shows a failure. */
  readonly hot: boolean;
  /** Another log of the run, or a step that has ended, shows one: it is no green job any more. */
  readonly besides: boolean;
  readonly looking: boolean;
  readonly lookedAt: number;
  /** Events tell when it grows. */
  readonly listening: boolean;
  /** Lines that they told of and that are not read; null: none were told of. */
  readonly unread: number | null;
  /** When the last of them came. */
  readonly toldAt: number;
  /** They told of it once at most: a log begins with the command and its environment, which Buildbot gets apart from any output. */
  readonly onlyHead: boolean;
  /** What it shows must be read again, for the signatures changed. */
  readonly stale: boolean;
}

/** Milliseconds. */
const hotEvery = 5_000;
/** A log that was just told to have grown may come in bursts, and its step may end right after. */
const gather = 500;
/** Events get lost: also without them it is looked at now and then. */
const netEvery = 60_000;
const besidesEvery = 5_000;
/** Requests a minute that a green job may cost, and those that go away however many jobs there are: the sweep, the slow polls. */
const perMinute = 3;
const inAnyCase = 2.8;
/** Looks that a run may have at once: of the three requests for a builder not quite all are needed. */
const buildersALook = 5;

/** What looks at logs that show nothing wrong a run has left. */
export interface LookPurse {
  /** Takes one where there is one. `runs`: how many share what is asked for in any case. */
  take(run: RunId, of: { readonly builders: number; readonly runs: number; readonly now: number }): boolean;
  /** Forgets the runs that are not among these. */
  keep(isOpen: (run: RunId) => boolean): void;
}

export function createLookPurse(): LookPurse {
  const purses = new Map<RunId, { left: number; at: number }>();
  return {
    take(run, { builders, runs, now }) {
      const every = 60_000 / (perMinute - inAnyCase / Math.max(1, runs));
      const most = Math.max(1, Math.floor(builders / buildersALook));
      const purse = purses.get(run) ?? { left: most, at: now };
      const left = Math.min(most, purse.left + (now - purse.at) / every);
      const taken = left >= 1;
      purses.set(run, { left: taken ? left - 1 : left, at: now });
      return taken;
    },
    keep(isOpen) {
      for (const run of purses.keys()) if (!isOpen(run)) purses.delete(run);
    },
  };
}

function isHotDue(turn: Turn, now: number): boolean {
  const since = now - turn.lookedAt;
  if (turn.stale) return true;
  if (turn.listening && turn.unread !== null) return turn.unread > 0 && since >= gather;
  return since >= (turn.listening ? netEvery : hotEvery);
}

function isColdDue({ listening, unread, onlyHead, toldAt, lookedAt }: Turn, now: number): boolean {
  if (listening && unread === 0) return false;
  if (listening && unread !== null && !onlyHead) return now - toldAt >= gather && now - lookedAt >= gather;
  return now - lookedAt >= netEvery;
}

/** More unread lines go first, then the log not looked at for longest. */
function coldOrder(one: Turn, other: Turn): number {
  return (other.unread ?? 0) - (one.unread ?? 0) || one.lookedAt - other.lookedAt;
}

/** The log of a run that shows nothing wrong and may be looked at now. */
function nextCold<One extends Turn>(
  turns: readonly One[],
  now: number,
  free: () => boolean,
): One | undefined {
  const cold = turns.filter((turn) => !turn.hot);
  const [next] = cold.filter((turn) => !turn.looking && isColdDue(turn, now)).sort(coldOrder);
  if (next === undefined) return undefined;
  const last = Math.max(...cold.map((turn) => turn.lookedAt));
  return (next.besides ? now - last >= besidesEvery : free()) ? next : undefined;
}

/**
 * The logs to be looked at now, at most `room`: those that show a failure, the one not looked at for longest first, then of each run at
 * most one other. `free` takes a look from what the run has left.
 */
export function dueTurns<One extends Turn>(
  turns: readonly One[],
  {
    now,
    room,
    free,
  }: { readonly now: number; readonly room: number; readonly free: (run: RunId) => boolean },
): readonly One[] {
  const due = turns
    .filter((turn) => turn.hot && !turn.looking && isHotDue(turn, now))
    .sort((one, other) => one.lookedAt - other.lookedAt)
    .slice(0, room);
  for (const run of new Set(turns.map((turn) => turn.run))) {
    if (due.length >= room) break;
    const next = nextCold(
      turns.filter((turn) => turn.run === run),
      now,
      () => free(run),
    );
    if (next !== undefined) due.push(next);
  }
  return due;
}
