// What a method and an address ask for. Pure; the address comes from anybody.

import { flakesPage, type FlakesPage } from './flakes-route.ts';

/** What can be read. */
export type Page =
  | { readonly kind: 'home' }
  | { readonly kind: 'job'; readonly number: string }
  | { readonly kind: 'asset'; readonly name: string }
  | { readonly kind: 'livez' }
  | { readonly kind: 'readyz' }
  | { readonly kind: 'metrics' }
  | { readonly kind: 'api-status' }
  | { readonly kind: 'api-jobs'; readonly limit: number; readonly before: number | null }
  | { readonly kind: 'api-job'; readonly number: string }
  | { readonly kind: 'api-logs'; readonly number: string }
  | FlakesPage;

/** What can be asked for on the control socket. */
export type Command =
  | { readonly kind: 'submit' }
  | { readonly kind: 'cancel' | 'recheck' | 'promote' | 'forget'; readonly number: string }
  | { readonly kind: 'drain' }
  | { readonly kind: 'reload' | 'compare-config' | 'reconcile' }
  | { readonly kind: 'import' }
  | { readonly kind: 'resume' };

export type Route =
  | { readonly kind: 'read'; readonly page: Page }
  | { readonly kind: 'act'; readonly command: Command }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'not-allowed'; readonly allow: string }
  | { readonly kind: 'bad'; readonly why: string };

/** Longest request target that is read. */
export const targetBound = 2_048;
const listDefault = 50;
const listMost = 200;
const numberForm = /^[A-Za-z0-9._-]{1,63}$/;

function whole(
  text: string | null,
  range: { least: number; most: number; otherwise: number },
): number | null {
  if (text === null) return range.otherwise;
  if (!/^\d{1,15}$/.test(text)) return null;
  const value = Number(text);
  return value >= range.least && value <= range.most ? value : null;
}

function list(query: URLSearchParams): Page | string {
  const limit = whole(query.get('limit'), { least: 1, most: listMost, otherwise: listDefault });
  if (limit === null) return `limit: expected a whole number from 1 to ${listMost}`;
  const asked = query.get('before');
  const before = whole(asked, { least: 0, most: Number.MAX_SAFE_INTEGER, otherwise: 0 });
  if (before === null) return 'before: expected the `next` of the page before, a whole number';
  return { kind: 'api-jobs', limit, before: asked === null ? null : before };
}

const fixed: Readonly<Record<string, Page>> = {
  '/': { kind: 'home' },
  '/livez': { kind: 'livez' },
  '/readyz': { kind: 'readyz' },
  '/metrics': { kind: 'metrics' },
  '/api/v1/status': { kind: 'api-status' },
};

function pageAt(path: string, query: URLSearchParams): Page | string | null {
  if (Object.hasOwn(fixed, path)) return fixed[path] ?? null;
  const flakes = flakesPage(path, query);
  if (flakes !== null) return flakes;
  if (path === '/api/v1/jobs') return list(query);
  const [, place, number, rest] = /^\/(jobs|assets|api\/v1\/jobs)\/([^/]+)(\/logs)?$/.exec(path) ?? [];
  if (place === undefined || number === undefined || !numberForm.test(number)) return null;
  if (place === 'api/v1/jobs') return { kind: rest === undefined ? 'api-job' : 'api-logs', number };
  if (rest !== undefined) return null;
  return place === 'jobs' ? { kind: 'job', number } : { kind: 'asset', name: number };
}

function commandAt(path: string): Command | null {
  if (path === '/api/v1/jobs') return { kind: 'submit' };
  if (path === '/api/v1/reload') return { kind: 'reload' };
  if (path === '/api/v1/config/diff') return { kind: 'compare-config' };
  if (path === '/api/v1/reconcile') return { kind: 'reconcile' };
  if (path === '/api/v1/drain') return { kind: 'drain' };
  if (path === '/api/v1/flakes/import') return { kind: 'import' };
  if (path === '/api/v1/resume') return { kind: 'resume' };
  const [, number, what] = /^\/api\/v1\/jobs\/([^/]+)\/(cancel|recheck|promote|forget)$/.exec(path) ?? [];
  if (number === undefined || !numberForm.test(number)) return null;
  return { kind: what as 'cancel' | 'recheck' | 'promote' | 'forget', number };
}

function decoded(target: string): { path: string; query: URLSearchParams } | null {
  if (!target.startsWith('/')) return null;
  const [path = '', query = ''] = target.split('?', 2);
  try {
    return { path: decodeURIComponent(path), query: new URLSearchParams(query) };
  } catch {
    // A percent sign without two hex digits behind it, or no UTF-8: the caller answers 400.
    return null;
  }
}

/** Finds what is asked for. `mayAct` is true on the control socket alone; elsewhere what acts is not allowed. */
export function route(method: string, target: string, mayAct: boolean): Route {
  const asked = decoded(target);
  if (asked === null) return { kind: 'bad', why: 'the address cannot be read' };
  const page = pageAt(asked.path, asked.query);
  const command = commandAt(asked.path);
  if (page === null && command === null) return { kind: 'not-found' };
  if (method === 'GET' || method === 'HEAD') {
    if (typeof page === 'string') return { kind: 'bad', why: page };
    if (page !== null) return { kind: 'read', page };
  }
  if (method === 'POST' && command !== null && mayAct) return { kind: 'act', command };
  const allow = [...(page === null ? [] : ['GET', 'HEAD']), ...(command !== null && mayAct ? ['POST'] : [])];
  return { kind: 'not-allowed', allow: allow.join(', ') };
}
