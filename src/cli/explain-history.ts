// What the daemon's history says of failures that are explained: where else they were seen, and how often they come.

import { wilson, enoughRuns } from '../flakes/statistics/rate.ts';
import type { FoundFailureView } from '../views/document.ts';
import type { FailureView, FlakesReport, FlakeView, RateView } from '../views/flakes.ts';
import type { Api } from './api.ts';
import { exitCodes, isCommandError } from './exit.ts';
import { queryText } from './flakes-report.ts';

/** Causes that are looked up, each in one call. */
const mostLookups = 20;
const shownElsewhere = 3;

export interface Elsewhere {
  /** Failures with this cause that are kept, this build's own among them. */
  readonly count: number;
  readonly commits: number;
  readonly builders: FlakeView['builders'];
  readonly first_seen: string;
  readonly last_seen: string;
  /** The newest of other builds. */
  readonly newest: readonly FailureView[];
}

export interface Known {
  /** Of first builds of landed commits on this builder; null: not known. */
  readonly rate: RateView | null;
  /** null: no other build is known to have failed so. */
  readonly elsewhere: Elsewhere | null;
}

/** What is known of one failure of a builder; `url` is its build's page. */
export type KnownOf = (
  failure: FoundFailureView,
  of: { readonly builder: string; readonly url: string | null },
) => Known;

/** What is known without a history: what the failure itself carries. */
export function knownAlone({ seen }: FoundFailureView): Known {
  if (seen === null) return { rate: null, elsewhere: null };
  const { failures, runs } = seen;
  const rate = runs === 0 ? null : failures / runs;
  return { rate: { ...seen, rate, ...wilson(seen), small: runs < enoughRuns }, elsewhere: null };
}

function elsewhereOf(flake: FlakeView | undefined, url: string | null): Elsewhere | null {
  const others = flake?.failures.filter((failure) => failure.url !== url) ?? [];
  if (flake === undefined || others.length === 0) return null;
  const { count, commits, builders, first_seen, last_seen } = flake;
  return { count, commits, builders, first_seen, last_seen, newest: others.slice(0, shownElsewhere) };
}

async function shown(api: Api, incident: string): Promise<FlakeView | null> {
  try {
    return await api.get<FlakeView>(`flakes/show?${queryText({ name: incident })}`);
  } catch (error) {
    if (isCommandError(error) && error.exitCode === exitCodes.notFound) return null;
    throw error;
  }
}

/** Rates of tests on one builder: for builds that the daemon has not judged itself. */
async function ratesOn(api: Api, builder: string): Promise<ReadonlyMap<string, RateView>> {
  const query = queryText({ since: '14d', builder, top: 1_000 });
  const { rows } = await api.get<FlakesReport>(`flakes?${query}`);
  return new Map(rows.flatMap((row) => (row.of === 'test' ? [[row.name, row] as const] : [])));
}

/** Asks the history about failures. `rated`: their rates are not known yet, and are asked for on this builder. */
export async function askHistory(
  api: Api,
  failures: readonly FoundFailureView[],
  rated: { readonly builder: string } | null,
): Promise<KnownOf> {
  const incidents = [...new Set(failures.map(({ incident }) => incident))].slice(0, mostLookups);
  const flakes = new Map<string, FlakeView>();
  for (const incident of incidents) {
    const flake = await shown(api, incident);
    if (flake !== null) flakes.set(incident, flake);
  }
  const rates = rated === null || failures.length === 0 ? null : await ratesOn(api, rated.builder);
  return (failure, { url }) => {
    const { rate } = knownAlone(failure);
    return {
      rate: rate ?? rates?.get(failure.test_id ?? '') ?? null,
      elsewhere: elsewhereOf(flakes.get(failure.incident), url),
    };
  };
}
