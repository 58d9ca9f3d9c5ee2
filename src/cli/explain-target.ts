// What `flakes explain` is asked about: a saved log, a job or a build. A file that is there is always a file.

import { access } from 'node:fs/promises';
import { CommandError, exitCodes } from './exit.ts';

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

export type Target =
  | { readonly kind: 'log' }
  /** `url`: the gate whose page was given; null: the one that the command would ask anyway. */
  | { readonly kind: 'job'; readonly number: string; readonly url: string | null }
  | BuildPage;

const buildHash = /^#\/?builders\/(\d{1,9})\/builds\/(\d{1,9})(?:[/?].*)?$/;
const jobPath = /^(.*\/)jobs\/([^/]+)\/?$/;
/** A gatekeeper's unique id or a number of ours. Names of files have a dot or a slash, or no digit. */
const jobNumber = /^(?=.*\d)[\w:-]{1,200}$/;

function buildPage(page: string, url: URL): BuildPage | null {
  const [, builder, number] = buildHash.exec(url.hash) ?? [];
  if (builder === undefined || number === undefined) return null;
  // The address of a master may end in a file of its own.
  const path = url.pathname.replace(/[^/]*$/, '');
  const master = `${url.protocol}//${url.host}${path}`;
  return { kind: 'build', page, master, builder: Number(builder), number: Number(number) };
}

function ofAddress(text: string): Target {
  const expected =
    'expected the page of a build (http://MASTER/#/builders/1/builds/2) or of a job (http://GATE/jobs/NUMBER)';
  if (!URL.canParse(text)) throw new CommandError(exitCodes.usage, `${text} is no address; ${expected}`);
  const url = new URL(text);
  const build = buildPage(text, url);
  if (build !== null) return build;
  const [, path, number] = jobPath.exec(url.pathname) ?? [];
  if (path !== undefined && number !== undefined && url.hash === '') {
    return { kind: 'job', number: decoded(number), url: `${url.protocol}//${url.host}${path}` };
  }
  throw new CommandError(exitCodes.usage, `cannot tell what ${text} is; ${expected}`);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // No number of ours needs the escape that is broken here: it will not be found.
    return part;
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    // A file that cannot be reached is told apart when it is opened.
    return false;
  }
}

/** Tells apart what was given. Rejects with exit code 2 for an address that is neither a build's nor a job's. */
export async function targetOf(text: string): Promise<Target> {
  if (text === '-' || (await isThere(text))) return { kind: 'log' };
  if (/^https?:\/\//i.test(text)) return ofAddress(text);
  return jobNumber.test(text) ? { kind: 'job', number: text, url: null } : { kind: 'log' };
}
