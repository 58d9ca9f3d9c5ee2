// What the fault proxy can do to a request, and the rules that say to which.

export type Cut = 'fin' | 'rst';

export type Fault =
  /** The request does not arrive, the connection ends. */
  | { readonly kind: 'lose'; readonly cut: Cut }
  /** The request arrives and is answered; the answer is dropped, the connection ends. */
  | { readonly kind: 'drop-answer'; readonly cut: Cut }
  /** So many bytes of the answer pass, then the connection ends, or (`hang`) stays and is silent. */
  | { readonly kind: 'halve'; readonly bytes: number; readonly cut: Cut | 'hang' }
  /** The request does not arrive until `release`; the client's connection ends at once, or (`hang`) waits for the answer. */
  | { readonly kind: 'hold'; readonly cut: Cut | 'hang' }
  /** The request arrives so many milliseconds late. */
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** The request does not arrive; these bytes are the answer, then the connection ends. */
  | { readonly kind: 'answer'; readonly bytes: string }
  /** The request arrives twice, the second time on a connection of its own whose answer nobody reads. */
  | { readonly kind: 'duplicate' };

export interface Rule {
  /** Text in the request, or a pattern for it (the request read as latin1). Default: any. */
  readonly match?: string | RegExp;
  readonly fault: Fault;
  /** How many requests it hits; default 1. */
  readonly times?: number;
}

/** A rule at work. */
export interface Armed {
  /** Resolves with the request when the rule has hit for the first time. */
  readonly hit: Promise<Buffer>;
  /** How often it has hit. */
  hits(): number;
  /** Delivers what `hold` keeps back, each on the connection to the server that it was meant for. */
  release(): void;
  /** Hits no more. */
  disarm(): void;
}

/** A rule as the connections see it. */
export interface Trap extends Armed {
  readonly fault: Fault;
  /** Whether it hits this request, which then counts. */
  takes(request: Buffer): boolean;
  /** What `release` shall do. */
  keep(deliver: () => void): void;
}

/** Makes a rule ready. */
export function trap(rule: Rule): Trap {
  const held: (() => void)[] = [];
  let left = rule.times ?? 1;
  let hits = 0;
  let tell: (request: Buffer) => void;
  const hit = new Promise<Buffer>((resolve) => {
    tell = resolve;
  });
  return {
    hit,
    fault: rule.fault,
    hits: () => hits,
    release: () => held.splice(0).forEach((deliver) => deliver()),
    disarm: () => {
      left = 0;
    },
    takes: (request) => {
      if (left < 1 || !matches(rule.match, request)) return false;
      left -= 1;
      hits += 1;
      tell(request);
      return true;
    },
    keep: (deliver) => void held.push(deliver),
  };
}

function matches(match: string | RegExp | undefined, request: Buffer): boolean {
  if (match === undefined) return true;
  const text = request.toString('latin1');
  return typeof match === 'string' ? text.includes(match) : match.test(text);
}
