// One request, from its address to the answer. Nothing that a request or a view does gets out of here as an exception.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Actions } from '../views/actions.ts';
import { act } from './act.ts';
import { DeadlineError } from './deadline.ts';
import type { WebLog } from './log.ts';
import { read, type Reading } from './read.ts';
import { jsonError, send, type Reply } from './reply.ts';
import { route, targetBound, type Route } from './route.ts';

export interface Handling extends Reading {
  /** null where nothing may be changed: over TCP. */
  readonly actions: Actions | null;
  readonly log: WebLog;
}

/** An error as the API says it, or as a page for whoever came with a browser. */
async function problem(
  request: IncomingMessage,
  problem: { readonly status: number; readonly why: string },
): Promise<Reply> {
  const wantsPage =
    request.headers.accept?.includes('text/html') === true && request.url?.startsWith('/api/') !== true;
  if (!wantsPage) return jsonError(problem.status, problem.why);
  const pages = await import('./pages.ts');
  return pages.problemPage(problem.status, problem.why);
}

async function answer(found: Route, request: IncomingMessage, handling: Handling): Promise<Reply> {
  switch (found.kind) {
    case 'read':
      return read(found.page, handling);
    case 'act':
      if (handling.actions === null) return jsonError(405, 'commands are taken on the control socket only');
      return act(found.command, { views: handling.views, actions: handling.actions, request });
    case 'not-found':
      return problem(request, { status: 404, why: 'There is nothing at this address.' });
    case 'bad':
      return problem(request, { status: 400, why: found.why });
    case 'not-allowed': {
      const why = 'Nothing can be changed here; commands are taken on the control socket only.';
      const reply = await problem(request, { status: 405, why });
      return { ...reply, headers: { allow: found.allow, connection: 'close' } };
    }
  }
}

function accident(error: unknown, handling: Handling, target: string): Reply {
  handling.log.warn({ address: target, err: error }, 'request could not be answered');
  const why = error instanceof Error ? error.message : String(error);
  return jsonError(error instanceof DeadlineError ? 503 : 500, why);
}

/** Answers one request. */
export async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  handling: Handling,
): Promise<void> {
  const target = request.url ?? '/';
  if (target.length > targetBound) {
    send(response, jsonError(414, `the address has more than ${targetBound} characters`));
    return;
  }
  try {
    const found = route(request.method ?? 'GET', target, handling.actions !== null);
    send(response, await answer(found, request, handling));
  } catch (error) {
    send(response, accident(error, handling, target));
  }
}
