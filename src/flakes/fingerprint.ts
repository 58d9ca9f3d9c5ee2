// The hashes by which failures are compared (FLAKES.md 6.2 step 3, DESIGN.md section 6). The hash itself is passed in.

import type { Frame, Raised } from './failure.ts';
import type { Kind } from './kind.ts';
import { normalise } from './normalise.ts';
import { fileOf, shortId } from './test-id.ts';

/** A digest of text as printable ASCII, the same in every process. */
export type Hash = (text: string) => string;

/** What a failure's hashes are made of. */
export interface Symptom {
  readonly kind: Kind;
  readonly testId: string | null;
  /** The innermost cause first, the one reported last. */
  readonly raised: readonly Raised[];
  /** Fatal text, resource or diagnostic; else null. */
  readonly message: string | null;
  readonly frames: readonly Frame[];
  /** What a signal ended outside any test. */
  readonly command?: string | null;
}

/** Only the head of a message tells causes apart: what follows may be output that came in between. */
function head(message: string): string {
  return normalise(message.split('\n').slice(0, 3).join('\n'));
}

function baseName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

// The library that carries the tests shows up in every traceback and says nothing.
const carrier =
  /(?:^|[\\/])(?:unittest|libregrtest|_pytest|pluggy|importlib)[\\/]|<frozen |(?:^|[\\/])(?:runpy|regrtest|__main__)\.py$/;

/** File and function of the innermost frame that is the project's. */
export function topFrame(frames: readonly Frame[]): string {
  const frame = frames.findLast(({ file }) => !carrier.test(file));
  return frame === undefined ? '' : `${baseName(frame.file)}:${frame.name}`;
}

function twoFrames(frames: readonly Frame[]): string {
  const own = frames.filter(({ file }) => !carrier.test(file)).slice(-2);
  return own.map(({ file, name }) => `${baseName(file)}:${name}`).join(' ');
}

/** hash(kind, exception, masked message, top project frame). */
export function fingerprint(symptom: Symptom, hash: Hash): string {
  const { kind, raised, message, frames } = symptom;
  const last = raised.at(-1);
  const text = last === undefined ? (message ?? '') : last.message;
  return hash(JSON.stringify(['fingerprint', kind, last?.exception ?? null, head(text), topFrame(frames)]));
}

/** Fingerprint and test: null where neither test nor frame is known. */
export function excuseKey(symptom: Symptom, print: string): string | null {
  const place = symptom.testId ?? (topFrame(symptom.frames) || null);
  return place === null ? null : `${print}:${place}`;
}

const wrapping =
  /^(?:URLError|RuntimeError|Exception|ExceptionGroup|BaseExceptionGroup|ImportError|AssertionError|TestFailed)$/;

/** The innermost remote error: without test, builder and the exception that wraps it. */
function remoteError({ raised, message }: Symptom): string {
  const inner = raised.find(({ exception }) => !wrapping.test(exception)) ?? raised[0];
  const text = inner === undefined ? (message ?? '') : inner.message;
  // The error within: <urlopen error [Errno -3] …>
  const within = /\[(?:Errno|WinError|SSL|Errno [a-z]+)[^\]]*\][^>)]*/.exec(text)?.[0] ?? text;
  return normalise(within.split('\n')[0] ?? '').replace(/'[^']*'|"[^"]*"|https?:\S+/g, '<host>');
}

/** A bare count of threads or processes says nothing without the test. */
const bareCount = /threading_cleanup\(\)|reap_children\(\)|dangling|Dangling|^threading_cleanup/;

/** Tests that run once with each start method are the same tests. */
const startMethod = /^(test_multiprocessing)_(?:fork|forkserver|spawn)(?=\.|$)/;

/** What was left running: a thread that has a name of its own, else the count with the test. */
function dangling({ testId }: Symptom, message: string): readonly (string | null)[] {
  const [count = '', thread] = message.split('\n');
  if (thread !== undefined) return [normalise(thread)];
  return [normalise(count).replace(/\d+/g, '<n>'), testId?.replace(startMethod, '$1') ?? null];
}

// Where nothing is there, or something already is, the path is what tells.
const systemError = /^(\[(?:Errno|WinError) (?!(?:2|17|183)\])-?\d+\] [^:]+): b?'.*$/;

/** In an incident the first line of an error tells, unless it only says how a child ended. */
function errorHead(message: string): string {
  const [first = ''] = message.split('\n', 1);
  if (first === '' || /return code|exit code|exit status/i.test(first)) return head(message);
  return normalise(first.replace(systemError, '$1'));
}

/** What was asserted: the C libraries word it differently. */
function asserted(text: string): string {
  const said = /^Assertion (?:failed: )?(.*?)(?: failed)?$/.exec(text)?.[1];
  return said === undefined ? text : `Assertion ${said.replace(/^["'`(]+|["'`)]+$/g, '')}`;
}

// A signal and no more: every crash of that sort reads so.
const bareSignal =
  /(?:Segmentation fault|Aborted|Abort trap|Bus error|Illegal instruction|access violation|stack overflow|Floating point exception)$|^wasm trap: /;

/** Where a bare signal came: a frame of the code under test, else the test, else what was being done. */
function placeOf({ testId, frames, command }: Symptom): string {
  const top = topFrame(frames);
  const method = testId?.split('.').at(-1) ?? '';
  // A dump that ends in the test itself says no more than its name, which stands also where the dump is cut.
  if (top !== '' && !top.endsWith(`:${method}`)) return top;
  return testId === null ? normalise(command ?? '') : shortId(testId);
}

/** The assertion or fatal text. A bare signal stands with the place where there is one; an exit code, which is no text, with the file. */
function crashInputs(symptom: Symptom, text: string): readonly (string | null)[] {
  const { testId } = symptom;
  // The runner's words on an exit code differ from version to version.
  const exit = /\((Exit code -?\d+)|^program finished with (exit code -?\d+)/.exec(text);
  if (exit !== null) return [exit[1] ?? exit[2] ?? '', testId === null ? null : fileOf(testId)];
  return bareSignal.test(text) ? [text, placeOf(symptom)] : [asserted(text)];
}

// Python 3.3 made one of them.
const aliases: Readonly<Record<string, string>> = {
  IOError: 'OSError',
  EnvironmentError: 'OSError',
  WindowsError: 'OSError',
};

function inputs(symptom: Symptom, builder: string | null): readonly (string | null)[] {
  const { kind, testId, raised, message, frames } = symptom;
  const file = testId === null ? null : fileOf(testId);
  const last = raised.at(-1);
  const text =
    last === undefined
      ? head(message ?? '')
      : `${aliases[last.exception] ?? last.exception}: ${errorHead(last.message)}`;
  switch (kind) {
    case 'network':
      return [remoteError(symptom)];
    case 'disk-full':
    case 'oom':
    case 'worker-lost':
      return [builder];
    case 'env-changed':
      return bareCount.test(message ?? '') || message === null
        ? dangling(symptom, message ?? '')
        : [normalise(message), last === undefined ? null : text];
    case 'timeout':
      return [testId === null ? null : shortId(testId), twoFrames(frames)];
    case 'refleak':
      return [file];
    case 'crash':
      return crashInputs(symptom, head(message ?? text));
    case 'compile':
      return [head(message ?? text)];
    case 'test-failure':
      return [text, file];
    case 'other':
      return [text, testId === null ? null : shortId(testId)];
  }
}

/** A function of this failure and the builder alone: no history, no clock, no other failure. */
export function incident(
  symptom: Symptom,
  options: { readonly builder: string | null; readonly hash: Hash },
): string {
  return options.hash(JSON.stringify(['incident', symptom.kind, ...inputs(symptom, options.builder)]));
}
