// The force call, and what each of its answers means (BUILDBOT.md section 2; RUNS.md 4.1, 4.2, 4.8).

import type { BuildsetId, RequestId } from '../gate/ids.ts';
import { BuildbotError } from './buildbot-error.ts';
import type { BuilderNames, NameMap } from './builder-names.ts';
import { readErrorAnswer } from './error-answer.ts';
import type { ErrorAnswer } from './error-answer.ts';
import type { Reply } from './http.ts';
import type { ForceCall, ForceOutcome } from './master.ts';
import { oneLine, reasonOf } from './one-line.ts';
import type { Settings } from './options.ts';
import { anyOf, isRow } from './read-json.ts';
import { segment } from './rest.ts';
import type { Rest } from './rest.ts';

interface Forced {
  readonly buildset: number;
  readonly requests: readonly { readonly builderId: number; readonly request: number }[];
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

/** Reads `[bsid, {builderid: buildrequestid}]`; null for anything else. */
function readForced(text: string): Forced | null {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return null;
  }
  const result: unknown = isRow(body) ? anyOf(body, 'result') : null;
  if (!Array.isArray(result) || result.length !== 2) return null;
  const [buildset, map] = result as readonly unknown[];
  if (!isId(buildset) || !isRow(map)) return null;
  const requests = Object.entries(map).map(([builder, request]) => ({ builderId: Number(builder), request }));
  const sound = requests.filter((pair): pair is { builderId: number; request: number } => {
    return isId(pair.builderId) && isId(pair.request);
  });
  return sound.length === requests.length ? { buildset, requests: sound } : null;
}

function afterServerError(answer: ErrorAnswer, scheduler: string): ForceOutcome {
  const said = answer.sentence;
  if (answer.kind === 'rpc' && said.includes("has no attribute 'force'")) {
    const why = `the master has no force scheduler '${scheduler}'; check buildbot.force_scheduler and the stanza in master.cfg`;
    return { kind: 'not-ready', why };
  }
  if (answer.kind === 'rpc' && said.includes('builderNames not specified or not supported')) {
    const why = `force scheduler '${scheduler}' serves none of the builders asked for; check its builderNames in master.cfg`;
    return { kind: 'not-ready', why };
  }
  // Any other exception of the master's may have been raised after the buildset was made: a search tells.
  return { kind: 'unclear', why: `the master failed at the force call: ${said}` };
}

function afterRefusal(status: number, answer: ErrorAnswer, scheduler: string): ForceOutcome {
  if (status === 400 && answer.kind === 'fields') return { kind: 'refused', why: answer.sentence };
  if (status === 403) {
    const why = `the master does not let us force with '${scheduler}': ${answer.sentence}; give buildbot.username that permission`;
    return { kind: 'not-ready', why };
  }
  // The peer, or a proxy before it, gave up on a request that it may have passed on.
  if (status === 408 || status === 499) {
    return { kind: 'unclear', why: `the force call ended with ${status}: ${answer.sentence}` };
  }
  return { kind: 'not-ready', why: `the master refuses the force call with ${status}: ${answer.sentence}` };
}

function readNo(reply: Reply, scheduler: string): ForceOutcome {
  if (reply.status >= 300 && reply.status < 400) {
    const why = `the master redirects to ${oneLine(reply.location, 200)}; set buildbot.url to where its API is`;
    return { kind: 'not-ready', why };
  }
  const answer = readErrorAnswer(reply.text);
  return reply.status >= 500
    ? afterServerError(answer, scheduler)
    : afterRefusal(reply.status, answer, scheduler);
}

function afterFailure(error: BuildbotError): ForceOutcome {
  if (error.fault === 'login' && error.retry === 'permanent') return { kind: 'not-ready', why: error.why };
  // A failed login means that the force call was not sent, or was refused before.
  if (!error.sent || error.path === 'auth/login') {
    return { kind: 'not-sent', why: error.why, ...(error.fault === 'busy' ? { busy: true } : {}) };
  }
  return { kind: 'unclear', why: error.why };
}

function fits(names: NameMap, forced: Forced, call: ForceCall): boolean {
  return forced.requests.every(({ builderId }) => call.builders.includes(names.get(builderId) ?? ''));
}

async function translate(names: BuilderNames, forced: Forced, call: ForceCall): Promise<ForceOutcome> {
  let map = await names.known();
  // An id that is unknown, or that means a builder nobody asked for: the ids may have been dealt out anew.
  if (!fits(map, forced, call)) map = await names.fresh(map);
  const requests: { builder: string; request: RequestId }[] = [];
  for (const { builderId, request } of forced.requests) {
    const builder = map.get(builderId);
    if (builder === undefined) {
      return {
        kind: 'unclear',
        why: `the master forced a builder with the id ${builderId}, but lists no such builder`,
      };
    }
    requests.push({ builder, request: request as RequestId });
  }
  return { kind: 'forced', buildset: forced.buildset as BuildsetId, requests };
}

export interface ForceTools {
  readonly rest: Rest;
  readonly names: BuilderNames;
  readonly settings: Settings;
}

function paramsOf(call: ForceCall): Record<string, unknown> {
  // Reason and builders last: no field of a job's may take their place.
  return { ...call.fields, reason: call.marker, builderNames: [...call.builders] };
}

/** Forces the named builders in one call. Rejects with a TypeError, and sends nothing, for an empty list or a blank marker. */
export async function forceBuilders(
  { rest, names, settings }: ForceTools,
  call: ForceCall,
): Promise<ForceOutcome> {
  if (call.builders.length === 0)
    throw new TypeError('a force call without builders would force every builder');
  if (call.marker.trim() === '')
    throw new TypeError('a force call without a marker could never be found again');
  const { scheduler, deadlines } = settings;
  let forced: Forced | null;
  try {
    const reply = await rest.control({
      path: `forceschedulers/${segment(scheduler)}`,
      verb: 'force',
      method: 'force',
      params: paramsOf(call),
      within: deadlines.force,
      once: true,
    });
    if (reply.status !== 200) return readNo(reply, scheduler);
    forced = readForced(reply.text);
    if (forced === null) {
      return {
        kind: 'unclear',
        why: `the answer to the force call cannot be read: ${oneLine(reply.text, 160)}`,
      };
    }
  } catch (error) {
    if (error instanceof BuildbotError) return afterFailure(error);
    throw error;
  }
  try {
    return await translate(names, forced, call);
  } catch (error) {
    // It was forced; the search for the marker finds it once the builders can be read.
    return { kind: 'unclear', why: `forced, but the builders' names could not be read: ${reasonOf(error)}` };
  }
}
