// Promise 4, after each step: what `jobs show` says of an open job names the missing fact, since when, what comes next and when; and
// while nothing is wrong with daemon, store and master, what was said holds: the fact is there in time, or another one is named.

/** One thing that is waited for; times are simulated milliseconds. */
export interface Said {
  readonly what: string;
  readonly since: number | null;
  readonly until: number | null;
  readonly next: string;
}

/** What `jobs show` says of an open job now. */
export interface Shown {
  readonly number: string;
  /** null: nothing. */
  readonly job: Said | null;
  /** Of each builder that is waited for; then `job` may be their sum, which changes as each of them does. */
  readonly builders: Readonly<Record<string, Said>>;
  /** Clocks may have stood still before that moment: the master was away. */
  readonly steadySince: number;
}

/** Milliseconds. */
const overdueBy = 1_000;
/** It stands still while a job of the function waits at its server (RUNS.md 9.1): its end is not known before. */
const grace = 'somebody to ask for it again';

interface Kept {
  readonly said: Said;
  readonly at: number;
}

export interface Silence {
  /** Something was shown; `wellSince` as for the other promises. `isAll`: of every open job. */
  heard(shown: readonly Shown[], seen: { readonly wellSince: number; readonly isAll: boolean }): void;
  /** The earliest moment at which something that was said is overdue. */
  nextAt(): number;
}

export function createSilence(parts: {
  readonly now: () => number;
  readonly broken: (what: string) => void;
}): Silence {
  const { now, broken } = parts;
  const kept = new Map<string, Kept>();
  let nextAt = Infinity;

  const isWhole = (place: string, said: Said | null): said is Said => {
    const lacks =
      said === null || said.what === ''
        ? 'what it waits for'
        : said.since === null
          ? 'since when'
          : said.until === null
            ? 'until when'
            : said.next === ''
              ? 'what comes next'
              : null;
    if (lacks !== null) broken(`${place} does not say ${lacks}: ${said?.what ?? 'nothing'}`);
    return lacks === null;
  };

  const compare = (place: string, said: Said, steadySince: number): void => {
    const before = kept.get(place);
    const isSame =
      before !== undefined &&
      before.at >= steadySince &&
      before.said.what === said.what &&
      before.said.since === said.since;
    if (!isSame || (said.until ?? 0) < (before.said.until ?? 0)) {
      kept.set(place, { said, at: now() });
      nextAt = Math.min(nextAt, (said.until ?? Infinity) + overdueBy);
    } else if (now() > (before.said.until ?? Infinity) + overdueBy) {
      broken(
        `${place} has waited for "${said.what}" ${now() - (before.said.until ?? 0)} ms longer than it said`,
      );
      kept.delete(place);
    }
  };

  const hear = ({ number, job, builders, steadySince }: Shown, wellSince: number): void => {
    const since = Math.max(steadySince, wellSince);
    const named = Object.entries(builders);
    if (isWhole(`job ${number}`, job) && named.length === 0 && !job.what.startsWith(grace))
      compare(`job ${number}`, job, since);
    else kept.delete(`job ${number}`);
    for (const [builder, said] of named) {
      const place = `job ${number} on ${builder}`;
      if (isWhole(place, said)) compare(place, said, since);
    }
  };

  /** What is not shown any more is not waited for any more. */
  const forget = (all: readonly Shown[]): void => {
    const places = new Set(
      all.flatMap(({ number, builders }) => [
        `job ${number}`,
        ...Object.keys(builders).map((builder) => `job ${number} on ${builder}`),
      ]),
    );
    for (const place of kept.keys()) if (!places.has(place)) kept.delete(place);
  };

  return {
    heard(shown, { wellSince, isAll }) {
      if (isAll) forget(shown);
      for (const each of shown) hear(each, wellSince);
      if (isAll)
        nextAt = Math.min(...[...kept.values()].map(({ said }) => (said.until ?? Infinity) + overdueBy));
    },
    nextAt: () => nextAt,
  };
}
