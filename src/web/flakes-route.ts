// What a query asks of failures over time. Pure; the address comes from anybody.

import type { FlakesScope } from '../views/flakes.ts';
import { sinceForm, sinceOf } from '../views/since.ts';

export type FlakesPage =
  | { readonly kind: 'flakes'; readonly query: FlakesScope; readonly since: string }
  | { readonly kind: 'api-flakes'; readonly query: FlakesScope; readonly top: number }
  | { readonly kind: 'api-flake'; readonly name: string }
  | { readonly kind: 'api-unclassified'; readonly query: FlakesScope }
  | { readonly kind: 'api-import' }
  | { readonly kind: 'api-past'; readonly query: { readonly window: number; readonly before: number | null } }
  | { readonly kind: 'api-flakes-search'; readonly query: FlakesScope; readonly text: string };

const usualSince = '14d';
const usualTop = 50;
const mostTop = 1_000;
const textRoom = 1_000;

function textIn(query: URLSearchParams, name: string): string | null {
  const text = query.get(name);
  return text === null || text === '' ? null : text.slice(0, textRoom);
}

function scopeIn(query: URLSearchParams): FlakesScope | string {
  const window = sinceOf(query.get('since') ?? usualSince);
  if (window === null) return `since: ${sinceForm}`;
  return {
    window,
    branch: textIn(query, 'branch'),
    builder: textIn(query, 'builder'),
    worker: textIn(query, 'worker'),
  };
}

function pastIn(query: URLSearchParams): FlakesPage | string {
  const window = sinceOf(query.get('since') ?? usualSince);
  if (window === null) return `since: ${sinceForm}`;
  const before = query.get('before');
  if (before === null) return { kind: 'api-past', query: { window, before: null } };
  if (!/^\d{1,15}$/.test(before)) return 'before: expected the `next` of the page before';
  return { kind: 'api-past', query: { window, before: Number(before) } };
}

function topIn(query: URLSearchParams): number | string {
  const text = query.get('top') ?? String(usualTop);
  const top = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  return top >= 1 && top <= mostTop ? top : `top: expected a whole number from 1 to ${mostTop}`;
}

/** The page at an address, a sentence that says what is wrong with its query, or null for an address of something else. */
export function flakesPage(path: string, query: URLSearchParams): FlakesPage | string | null {
  if (path === '/api/v1/flakes/show') {
    const name = textIn(query, 'name');
    return name === null ? 'name: it is missing' : { kind: 'api-flake', name };
  }
  if (path === '/api/v1/flakes/import') return { kind: 'api-import' };
  if (path === '/api/v1/flakes/past') return pastIn(query);
  const paths = ['/flakes', '/api/v1/flakes', '/api/v1/flakes/unclassified', '/api/v1/flakes/search'];
  if (!paths.includes(path)) return null;
  const scope = scopeIn(query);
  if (typeof scope === 'string') return scope;
  if (path === '/flakes') return { kind: 'flakes', query: scope, since: query.get('since') ?? usualSince };
  if (path === '/api/v1/flakes/unclassified') return { kind: 'api-unclassified', query: scope };
  if (path === '/api/v1/flakes/search') {
    const text = textIn(query, 'text');
    return text === null ? 'text: it is missing' : { kind: 'api-flakes-search', query: scope, text };
  }
  const top = topIn(query);
  return typeof top === 'string' ? top : { kind: 'api-flakes', query: scope, top };
}
