// WebSocket frames to hints (BUILDBOT.md section 8). A hint only says where to look: what a frame claims is never believed.

import type { BuildFacts } from '../gate/facts.ts';
import type { BuildId, BuildsetId, RequestId } from '../gate/ids.ts';
import type { Hint } from './master.ts';
import { readBuild, readStep } from './build-row.ts';
import { anyOf, isRow, WrongShape } from './read-json.ts';
import type { Row } from './read-json.ts';

/**
 * What is subscribed to. Of steps only begin and end: two frames a step show the live view what runs and tell the silent
 * clock that a build grows. Log lines would be a frame every 5 s for each build of the fleet: they are listened to for single
 * steps alone (`logPath`). `buildsets/*` is left out: the end of a request says as much.
 */
export const paths = [
  'buildrequests/*/*',
  'builds/*/*',
  'steps/*/started',
  'steps/*/finished',
  'workers/*/*',
] as const;

/** What tells how the stdio log of one step grows: a frame every 5 s at the most, or every 64 KiB (BUILDBOT.md section 7). */
export function logPath(step: number): string {
  return `steps/${step}/logs/stdio/append`;
}

export type Frame =
  | { readonly kind: 'event'; readonly hint: Hint }
  /** An answer to a command of ours. */
  | { readonly kind: 'answer'; readonly id: number; readonly code: number; readonly said: string }
  /** Not JSON, unknown, or of no use. */
  | { readonly kind: 'noise' };

const noise: Frame = { kind: 'noise' };

function idOf(row: Row, name: string): number | null {
  const value = anyOf(row, name);
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null;
}

/** What an event carries of a build or step; null when it is not what REST would give. Only ever shown, never judged by. */
function shown<Facts>(read: () => Facts | null): Facts | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof WrongShape) return null;
    throw error;
  }
}

function unfinished(facts: BuildFacts): BuildFacts | null {
  return facts.complete ? null : facts;
}

/** Frames of a log come under the path of its step, or under its own. */
function logHint(message: Row): Hint | null {
  const step = idOf(message, 'stepid');
  const lines = anyOf(message, 'num_lines');
  if (step === null || typeof lines !== 'number' || !Number.isSafeInteger(lines)) return null;
  return { kind: 'log', step, lines };
}

function hintOf(key: string, message: Row): Hint | null {
  const [what = '', , event] = key.split('/', 4);
  if (key.endsWith('/append')) return logHint(message);
  switch (what) {
    case 'builds': {
      const build = idOf(message, 'buildid');
      const request = idOf(message, 'buildrequestid');
      if (build === null) return null;
      return {
        kind: 'build',
        build: build as BuildId,
        request: request === null ? null : (request as RequestId),
        finished: event === 'finished',
        grew: event === 'new',
        seen: event === 'finished' ? null : shown(() => unfinished(readBuild(message).facts)),
        step: null,
      };
    }
    case 'steps': {
      const build = idOf(message, 'buildid');
      return build === null
        ? null
        : {
            kind: 'build',
            build: build as BuildId,
            request: null,
            finished: false,
            grew: true,
            seen: null,
            step: shown(() => readStep(message)),
          };
    }
    case 'buildrequests': {
      const request = idOf(message, 'buildrequestid');
      const buildset = idOf(message, 'buildsetid');
      if (request === null) return null;
      return {
        kind: 'request',
        request: request as RequestId,
        buildset: buildset === null ? null : (buildset as BuildsetId),
        complete: event === 'complete',
      };
    }
    case 'workers':
      return { kind: 'workers' };
    default:
      return null;
  }
}

/** Reads one frame. Never throws. */
export function readFrame(text: string): Frame {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return noise;
  }
  if (!isRow(frame)) return noise;
  const key = anyOf(frame, 'k');
  const message = anyOf(frame, 'm');
  if (typeof key === 'string' && isRow(message)) {
    const hint = hintOf(key, message);
    return hint === null ? noise : { kind: 'event', hint };
  }
  const id = anyOf(frame, '_id');
  const code = anyOf(frame, 'code');
  if (typeof id !== 'number' || typeof code !== 'number') return noise;
  const said = anyOf(frame, 'error') ?? anyOf(frame, 'msg');
  return { kind: 'answer', id, code, said: typeof said === 'string' ? said : '' };
}
