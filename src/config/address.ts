// `host:port` and URLs, as the file writes them.

import type { Address, RedisUrl } from './config.ts';

/** A host name or an IPv4 address, or an IPv6 address in brackets, and a port from 1 to 65535; null for anything else. */
export function parseAddress(text: string): Address | null {
  const [, bracketed, plain, digits] =
    /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([A-Za-z0-9._-]{1,253})):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  return host === undefined || port < 1 || port > 65_535 ? null : { host, port };
}

/** The text that `parseAddress` reads back. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** An http or https URL without user, query and fragment, with a slash at its end; null for anything else. */
export function parseWebUrl(text: string): string | null {
  if (!/^https?:\/\/[^\s]+$/i.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  const extra = url.username + url.password + url.search + url.hash;
  if (extra !== '' || /[?#@]/.test(text)) return null;
  return url.href.endsWith('/') ? url.href : `${url.href}/`;
}

/** A redis or rediss URL with a host, and a database number or nothing behind it; its password is taken out. Null for anything else. */
export function parseRedisUrl(text: string): RedisUrl | null {
  if (!/^rediss?:\/\/[^\s]+$/i.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.hostname === '' || url.search + url.hash !== '' || !/^(\/\d{0,5})?$/.test(url.pathname))
    return null;
  const password = decoded(url.password);
  if (password === null) return null;
  url.password = '';
  return { url: url.href, password: () => (password === '' ? null : password) };
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    // Half an escape is no text.
    return null;
  }
}
