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
const control = /\p{Cc}/u;
const controlButLineEnds = /[^\P{Cc}\r\n]/u;

/**
 * Reads one JSON object. Values that are no strings are turned into text, as a site's parameter function may send anything
 * (GATEKEEPER.md 1.2). `text` is the payload decoded as UTF-8, null when it is not UTF-8 or over `maxArguments`.
 */
export function readArguments(text: string | null): ReadArguments {
  if (text === null)
    return refused('the arguments are not UTF-8 text of at most 1 MiB; send one JSON object');
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
  const values = new Map<string, string>();
  for (const [name, value] of entries) {
    const written = textOf(value);
    const forbidden = mayHoldLines.has(name) ? controlButLineEnds : control;
    if (control.test(name)) return refused('the name of a parameter holds control characters');
    if (forbidden.test(written)) return refused(`parameter ${name.slice(0, 100)} holds control characters`);
    values.set(name, written);
  }
  return { kind: 'read', values };
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
