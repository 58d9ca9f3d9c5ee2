// The arguments of a Gearman job, read with suspicion: whoever reaches the Gearman server writes them (RUNS.md 2.6).

/** Bytes; more is never parsed. */
export const maxArguments = 1 << 20;
const maxDepth = 64;
const maxParameters = 1000;

/** Parameter name to text, for every parameter that the gatekeeper sent. */
export type Arguments = ReadonlyMap<string, string>;

export type ReadArguments =
  { readonly kind: 'read'; readonly values: Arguments } | { readonly kind: 'refused'; readonly why: string };

function refused(why: string): ReadArguments {
  return { kind: 'refused', why };
}

/** Whether brackets outside of strings nest deeper than allowed. Looked at before parsing: a parser may recurse. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 0x5c) at++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) {
      inString = true;
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > maxDepth) return true;
    } else if (code === 0x7d || code === 0x5d) {
      depth--;
    }
  }
  return false;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : JSON.stringify(value);
}

// A list of files comes one a line; nothing else may hold a line end (it would forge a line of a log or a header).
const mayHoldLines = new Set(['GATE_FILES']);
// Half a surrogate pair cannot be written as UTF-8: Buildbot would answer 500 for ever.
const control = /[\p{Cc}\p{Cs}]/u;
const controlButLineEnds = /[^\P{Cc}\r\n]|\p{Cs}/u;
// What the source stamp is made of. A number there is a mistake that would name something else: 3.10 arrives as 3.1.
const mustBeText = new Set([
  'ZUUL_PROJECT',
  'ZUUL_BRANCH',
  'ZUUL_REFNAME',
  'ZUUL_REF',
  'ZUUL_URL',
  'ZUUL_COMMIT',
]);
const notSmallText = 'the arguments are not UTF-8 text of at most 1 MiB; send one JSON object';

/** What is wrong with one parameter; null for nothing. */
function faultOf(name: string, value: unknown): string | null {
  if (control.test(name)) return 'the name of a parameter holds control characters';
  if (mustBeText.has(name) && value !== null && typeof value !== 'string')
    return `parameter ${name} is no text; send it in quotes`;
  const forbidden = mayHoldLines.has(name) ? controlButLineEnds : control;
  return forbidden.test(textOf(value))
    ? `parameter ${name.slice(0, 100)} holds control characters or broken text`
    : null;
}

/**
 * Reads one JSON object. Outside of the source stamp values that are no strings are turned into text, as a site's parameter
 * function may send anything (GATEKEEPER.md 1.2). `text` is the payload decoded as UTF-8, null when it is not UTF-8 or over `maxArguments`.
 */
export function readArguments(text: string | null): ReadArguments {
  if (text === null || text.length > maxArguments) return refused(notSmallText);
  if (isTooDeep(text))
    return refused(`the arguments nest deeper than ${maxDepth} levels; send one flat JSON object`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return refused('the arguments are no JSON; send one JSON object with the ZUUL_ parameters');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return refused('the arguments are JSON, but no object; send one JSON object with the ZUUL_ parameters');
  }
  const entries: readonly (readonly [string, unknown])[] = Object.entries(parsed);
  if (entries.length > maxParameters)
    return refused(`the arguments hold more than ${maxParameters} parameters`);
  for (const [name, value] of entries) {
    const why = faultOf(name, value);
    if (why !== null) return refused(why);
  }
  return { kind: 'read', values: new Map(entries.map(([name, value]) => [name, textOf(value)])) };
}

const kept =
  /^(ZUUL_[A-Z0-9_]{1,60}|GATE_[A-Z0-9_]{1,60}|BASE_LOG_PATH|LOG_PATH|OFFLINE_NODE_WHEN_COMPLETE)$/;
const secret = /TOKEN|SECRET|PASSWORD|HMAC|SIGNATURE/;
const maxKeptText = 1024;

/** The parameters that the record keeps and shows. SWIFT_* grants and other secrets are not among them (GATEKEEPER.md 1.2). */
export function keptParameters(values: Arguments): Readonly<Record<string, string>> {
  const entries = [...values].filter(([name]) => kept.test(name) && !secret.test(name));
  return Object.fromEntries(entries.slice(0, 60).map(([name, value]) => [name, value.slice(0, maxKeptText)]));
}
