// What the pure views must be told beside the run: the moment, the addresses, and what is known of the outside.

import type { Reading } from '../flakes/reading.ts';
import type { Builder, BuilderName, Fleet } from '../fleet/fleet.ts';

export interface ViewContext {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly manager: string;
  readonly version: string;
  readonly publicUrl: string;
  readonly buildbotUrl: string;
  /** Builder ids for links and the presence of workers; null before the first look. */
  readonly fleet: Fleet | null;
  /** Since when, and why, Buildbot cannot be asked; null while it can. */
  readonly buildbotAway: { readonly since: number; readonly why: string } | null;
  /** What was read of builds of the run that still run, by builder. */
  readonly live: ReadonlyMap<string, Reading>;
  /** Runs that stand before a waiting one in the line, and when the next slot is free at the latest. */
  readonly line: { readonly ahead: number; readonly slotUntil: number | null } | null;
  /** Our own host, for the worker_* fields. */
  readonly host: { readonly name: string; readonly fqdn: string; readonly ips: readonly string[] };
}

function under(base: string, path: string): string {
  return `${base.endsWith('/') ? base : `${base}/`}${path}`;
}

/** The job's page: the url given to the gatekeeper. */
export function jobUrl(publicUrl: string, number: string): string {
  return under(publicUrl, `jobs/${encodeURIComponent(number)}`);
}

/** Buildbot's page of a request; it leads on to the build once there is one. */
export function requestUrl(buildbotUrl: string, request: number): string {
  return under(buildbotUrl, `#/buildrequests/${request}?redirect_to_build=true`);
}

/** Buildbot's page of a build; null while its builder is not known. */
export function buildPage(
  buildbotUrl: string,
  builders: readonly Builder[] | null,
  build: { readonly builder: BuilderName; readonly number: number },
): string | null {
  const id = builders?.find(({ name }) => name === build.builder)?.id;
  return id === undefined ? null : under(buildbotUrl, `#/builders/${id}/builds/${build.number}`);
}

/** Buildbot's page of a build, or of its request while the builder's id is not known (ids are dealt out by each master). */
export function buildUrl(
  context: ViewContext,
  build: { readonly builder: BuilderName; readonly number: number; readonly request: number | null },
): string {
  const page = buildPage(context.buildbotUrl, context.fleet?.builders ?? null, build);
  if (page !== null) return page;
  if (build.request !== null) return requestUrl(context.buildbotUrl, build.request);
  return context.buildbotUrl;
}
