// What `flakes explain` is asked about: a saved log, a job, a build or a build request. A file that is there is always a file.

import { CommandError, exitCodes } from './exit.ts';
import { isThere } from './place.ts';

/** The address of a build's page at Buildbot, taken apart. */
export interface BuildPage {
  readonly kind: 'build';
  /** As it was given. */
  readonly page: string;
  /** The master's address; ends with a slash, holds no credential. */
  readonly master: string;
  readonly builder: number;
  readonly number: number;
}

/** The address of a build request's page at Buildbot. */
export interface RequestPage {
  readonly kind: 'request';
  readonly page: string;
  readonly master: string;
  readonly request: number;
}

export type Target =
  | { readonly kind: 'log' }
  /** `url`: the gate whose page was given; null: the one that the command would ask anyway. */
  | { readonly kind: 'job'; readonly number: string; readonly url: string | null }
  | BuildPage
  | RequestPage;

const buildHash = /^#\/?builders\/(\d{1,9})\/builds\/(\d{1,9})(?:[/?].*)?$/;
const requestHash = /^#\/?buildrequests\/(\d{1,9})(?:[/?].*)?$/;
/** Other pages of Buildbot's, by what they show one of. */
const otherHash = /^#\/?(workers|builders|schedulers|buildsets|changes|masters)\b/;
const jobPath = /^(.*\/)jobs\/([^/]+)\/?$/;
/** A gatekeeper's unique id or a number of ours. Names of files have a dot or a slash, or no digit. */
const jobNumber = /^(?=.*\d)[\w:-]{1,200}$/;

function buildbotPage(page: string, url: URL): BuildPage | RequestPage | null {
  // The address of a master may end in a file of its own.
  const path = url.pathname.replace(/[^/]*$/, '');
  const master = `${url.protocol}//${url.host}${path}`;
  const [, builder, number] = buildHash.exec(url.hash) ?? [];
  if (builder !== undefined && number !== undefined)
    return { kind: 'build', page, master, builder: Number(builder), number: Number(number) };
  const [, request] = requestHash.exec(url.hash) ?? [];
  return request === undefined ? null : { kind: 'request', page, master, request: Number(request) };
}

function ofAddress(text: string): Target {
  const expected =
    'expected the page of a build (http://MASTER/#/builders/1/builds/2), of a build request (http://MASTER/#/buildrequests/3) or of a job (http://GATE/jobs/NUMBER)';
  if (!URL.canParse(text)) throw new CommandError(exitCodes.usage, `${text} is no address; ${expected}`);
  const url = new URL(text);
  const page = buildbotPage(text, url);
  if (page !== null) return page;
  const [, path, number] = jobPath.exec(url.pathname) ?? [];
  if (path !== undefined && number !== undefined && url.hash === '') {
    return { kind: 'job', number: decoded(number), url: `${url.protocol}//${url.host}${path}` };
  }
  const [, other] = otherHash.exec(url.hash) ?? [];
  const what =
    other === undefined ? `cannot tell what ${text} is` : `${text} is a page of ${other}, not of a build`;
  throw new CommandError(exitCodes.usage, `${what}; ${expected}`);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // No number of ours needs the escape that is broken here: it will not be found.
    return part;
  }
}

/** Tells apart what was given. Rejects with exit code 2 for an address that is none of a build, a build request or a job. */
export async function targetOf(text: string): Promise<Target> {
  if (text === '-' || (await isThere(text))) return { kind: 'log' };
  if (/^https?:\/\//i.test(text)) return ofAddress(text);
  return jobNumber.test(text) ? { kind: 'job', number: text, url: null } : { kind: 'log' };
}
