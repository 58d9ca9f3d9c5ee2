// What is sent back, and the headers that every answer carries.

import type { ServerResponse } from 'node:http';

export interface Reply {
  readonly status: number;
  readonly type: 'html' | 'json' | 'text' | 'css' | 'script' | { readonly contentType: string };
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const types = {
  html: 'text/html; charset=utf-8',
  json: 'application/json; charset=utf-8',
  text: 'text/plain; charset=utf-8',
  css: 'text/css; charset=utf-8',
  script: 'text/javascript; charset=utf-8',
};

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Nothing from outside is fetched, framed, sniffed or told where the reader came from. */
export const guardHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** A JSON document. */
export function json(value: object, status = 200): Reply {
  return { status, type: 'json', body: `${JSON.stringify(value)}\n` };
}

/** An error of the API: `{"error": sentence}`, with more where the caller can use it. */
export function jsonError(status: number, error: string, more: object = {}): Reply {
  return json({ error, ...more }, status);
}

/** Sends a reply. After HEAD node leaves the body out by itself and keeps its length. */
export function send(response: ServerResponse, reply: Reply): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const contentType = typeof reply.type === 'string' ? types[reply.type] : reply.type.contentType;
  response.writeHead(reply.status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(reply.body),
    'cache-control': 'no-store',
    ...guardHeaders,
    ...reply.headers,
  });
  response.end(reply.body);
}
