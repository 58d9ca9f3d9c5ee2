// Python's tracebacks and faulthandler's dumps, as far as the open sighting needs them: frames, exceptions, chained causes, groups.

import type { Frame, Raised, Sighting } from './failure.ts';
import type { LogLine } from './line.ts';
import { kept, type Scene } from './scene.ts';
import { frameId } from './test-id.ts';

const frameLimit = 30;
const raisedLimit = 12;
const messageLines = 12;
/** A header, and the first line of its test's docstring. */
const headerLines = 2;

const frameLine = /^File "([^"]{1,1000})", line (\d{1,9}),? in (.{1,200})$/;
const exceptionLine = /^((?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*)(?:: ?(.*))?$/;
// The last is pytest-timeout's.
const start =
  /^(?:(?:Exception Group )?Traceback \(most recent call (?:last|first)\):\s*|~{5,} Stack of .{1,200} ~{5,})$/;
const chain = /^(?:During handling of the above exception|The above exception was the direct cause)/;
// Python 3.4 and earlier do not say which call comes first; one without the interpreter's lock cannot say whose stack it is.
const dumpStart = /^(?:(?:Current thread|Thread) 0x[0-9a-fA-F]+\b.*|Stack \(most recent call first\)):$/;
const groupMarks = /^\s*[|+](?:[-+| ]*-{4,})?(?: \d+ -{4,})?\s?/;

// Where a message ends though no empty line follows: the runner or another process speaks again.
const boundary =
  /^(?:[=-]{20,}|\d+:\d\d:\d\d |\[ *\d+[/\]]|test \S|Warning -- |Ran \d|(?:ok|FAIL|ERROR)$|test[\w.]* (?:\(|failed|passed|crashed|skipped)|Timeout \(|Fatal Python error: |Windows fatal exception: |Exception (?:ignored|in thread) |Re-running |make(?:\[\d+\])?: \*\*\* |command timed out: |process killed by signal |program finished with exit code |remoteFailed: )/;

type State = 'idle' | 'frames' | 'message' | 'dump' | 'aside';

export interface Tracer {
  /** Takes the line where it is part of a traceback or dump of the open sighting. */
  follow(text: string, scene: Scene, line: LogLine): boolean;
}

function frameOf(text: string): Frame | null {
  const found = frameLine.exec(text.trim());
  if (found === null) return null;
  const [, file = '', line = '', name = ''] = found;
  return { file: kept(file), line: Number(line), name: kept(name) };
}

/** What regrtest raised up to 3.6 for the process of a file: its table knows what that says. */
export const childError = /^Exception: Child error on ([\w.]+): (.*)$/;

function raise(open: Sighting, text: string): boolean {
  if (childError.test(text)) return false;
  const found = exceptionLine.exec(text);
  const full = found?.[1] ?? '';
  const name = full.split('.').at(-1) ?? '';
  // What stands at the left margin below frames and is no exception is output that came in between.
  if (
    found === null ||
    !(
      /^[A-Z_]/.test(name) ||
      /(?:error|timeout|exit|exception|error_(?:temp|perm|proto|reply)|IMAP4\.abort)$/.test(full)
    )
  )
    return false;
  const raised: Raised = { exception: kept(name), message: kept(found[2] ?? '') };
  if (open.raised.length < raisedLimit) open.raised.push(raised);
  else open.raised[raisedLimit - 1] = raised;
  return true;
}

function addMessage(open: Sighting, text: string): void {
  const last = open.raised.pop();
  if (last === undefined) return;
  const message = `${last.message}\n${text}`;
  open.raised.push(message.length > 2_000 ? last : { ...last, message: kept(message) });
}

/** A traceback that belongs to nothing: what follows it is as near to it as to anything. */
function loose({ strength, method }: Sighting): boolean {
  return strength === 'hinted' && method === null;
}

/** Follows the tracebacks of one log. */
export function createTracer(): Tracer {
  let state: State = 'idle';
  let lines = 0;
  /** It was said that the next traceback goes on with the last. */
  let chained = false;
  /** The line before says that an exception could not be raised. */
  let ignored = false;
  /** The traceback stands right below a header without rules. */
  let bareBlock = false;

  /** A quoted block may lack its rules, and even the first line of its traceback. */
  function quoted(open: Sighting, scene: Scene, line: LogLine): boolean {
    const fresh = open.method !== null && open.raised.length === 0 && open.frames.length === 0;
    return fresh && !scene.ruled && open.kind === 'other' && line.number - open.first <= headerLines;
  }

  function begin(text: string, open: Sighting): boolean {
    if (start.test(text)) {
      // What a dying process leaves unraised tells nothing of its end.
      if (ignored && open.kind === 'crash') return false;
      // A message may show the output of a child, tracebacks and all.
      const own = open.raised.length === 0 || chained || loose(open);
      chained = false;
      if (!own) return false;
      state = 'frames';
      // A chained traceback: its frames stand for the failure that is reported in the end.
      open.frames = [];
      return true;
    }
    if (!dumpStart.test(text)) return false;
    // One thread tells: the one that crashed, or the first that is in a test. The others wait for something.
    const told = open.kind === 'crash' ? open.frames.length > 0 : frameId(open.frames) !== null;
    state = told ? 'aside' : 'dump';
    if (!told) open.frames = [];
    return true;
  }

  function inFrames(text: string, open: Sighting): boolean {
    const bare = text.replace(groupMarks, '');
    const frame = frameOf(bare);
    if (frame !== null) {
      if (open.frames.length < frameLimit) open.frames.push(frame);
      return true;
    }
    if (/^\s/.test(bare) || bare === '') return true;
    if (start.test(bare)) return begin(bare, open);
    if (!raise(open, bare)) return false;
    if (bareBlock && open.kind === 'other') {
      open.strength = 'seen';
      open.kind = 'test-failure';
    }
    bareBlock = false;
    state = 'message';
    lines = 0;
    return true;
  }

  function inMessage(text: string, open: Sighting): boolean {
    const bare = text.replace(groupMarks, '');
    if (start.test(bare) && begin(bare, open)) return true;
    if (text === '' || lines >= messageLines || boundary.test(text)) {
      state = 'idle';
      return false;
    }
    lines += 1;
    if (bare !== '') addMessage(open, bare);
    return true;
  }

  function inDump(text: string, open: Sighting): boolean {
    const frame = frameOf(text);
    if (frame === null) {
      // `<no Python frame>`, `Garbage-collecting`, `...`: the dump goes on.
      if (/^\s+\S/.test(text)) return true;
      state = 'idle';
      return false;
    }
    // A dump has the newest call first. The outermost calls say which test it is, the innermost where it stands.
    if (state === 'aside') open.near = frameId([frame]) ?? open.near;
    else {
      open.frames.unshift(frame);
      if (open.frames.length > frameLimit) open.frames.splice(frameLimit / 2, 1);
    }
    return true;
  }

  function step(text: string, open: Sighting, scene: Scene, line: LogLine): boolean {
    if (chain.test(text.replace(groupMarks, ''))) chained = true;
    switch (state) {
      case 'idle': {
        bareBlock = quoted(open, scene, line);
        const cut = loose(open) && line.number === open.first;
        if ((bareBlock || cut) && frameOf(text) !== null) state = 'frames';
        return state === 'frames' ? inFrames(text, open) : begin(text.replace(groupMarks, ''), open);
      }
      case 'frames':
        return inFrames(text, open);
      case 'message':
        return inMessage(text, open);
      case 'dump':
      case 'aside':
        return inDump(text, open) || begin(text, open);
    }
  }

  let followed: Sighting | null = null;
  return {
    follow(text, scene, line) {
      const { open } = scene;
      ignored = scene.before.startsWith('Exception ignored ');
      if (open !== followed) {
        followed = open;
        state = 'idle';
        chained = false;
        // The header of a file's failure ends with the traceback's first line.
        if (open !== null && scene.before.endsWith('Traceback (most recent call last):')) state = 'frames';
      }
      if (open === null) return false;
      const taken = step(text, open, scene, line);
      if (taken && line.number > open.last) open.last = line.number;
      return taken;
    },
  };
}
