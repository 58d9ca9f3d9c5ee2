// A signature: a reviewed file that names a known flake or infrastructure fault, as plain data (FLAKES.md 6.1).

import type { LinePattern } from './line-pattern.ts';

/** Only `active` may excuse anything; a hit of a `resolved` one on a commit that holds the fix is a regression. */
export const signatureStates = ['monitor', 'active', 'resolved', 'expired'] as const;
export type SignatureState = (typeof signatureStates)[number];

/** What people call it; it decides nothing (FLAKES.md 6.3b rule 2). */
export const signatureVerdicts = ['flake', 'infra', 'worker', 'known-broken'] as const;
export type SignatureVerdict = (typeof signatureVerdicts)[number];

/** What is known of a failure beside its log. All of it is compared as text: numbers as decimals, a duration as whole seconds. */
export const factNames = [
  'kind',
  'step',
  'builder',
  'worker',
  'platform',
  'branch',
  'test_id',
  'exception',
  'message',
  'exit_status',
  'duration',
  'attempt',
] as const;
export type FactName = (typeof factNames)[number];

export const withins = ['failure', 'step', 'log'] as const;
export type Within = (typeof withins)[number];

/** `any` and `glob` take the whole value, `regex` one line of it at a time. */
export type ValueTest =
  | { readonly how: 'any'; readonly values: readonly string[] }
  | { readonly how: 'glob'; readonly glob: string }
  | { readonly how: 'regex'; readonly source: string };

export interface FactLeaf {
  readonly node: 'fact';
  readonly fact: FactName;
  readonly test: ValueTest;
}

/** Patterns found on later and later lines; mostly one. */
export interface LogLeaf {
  readonly node: 'log';
  readonly sequence: readonly LinePattern[];
  readonly within: Within;
}

export interface Branch {
  readonly node: 'all' | 'any' | 'none';
  readonly nodes: readonly MatchNode[];
}

export type MatchNode = FactLeaf | LogLeaf | Branch;

export interface Signature {
  readonly id: string;
  readonly title: string;
  /** Tracker link. */
  readonly bug: string | null;
  readonly owner: string | null;
  readonly state: SignatureState;
  /** Days, as `2026-11-21`. */
  readonly created: string | null;
  readonly reviewBy: string | null;
  readonly resolved: { readonly at: string | null; readonly commit: string | null };
  /** What counts as one hit: each failure, or the build once. */
  readonly scope: 'failure' | 'build';
  readonly match: MatchNode;
  readonly verdict: SignatureVerdict;
  readonly exonerate: { readonly allowed: boolean; readonly maxRate: number };
  readonly suppress: { readonly graph: boolean; readonly notify: boolean };
  /** Paths as the file gives them, from its own folder. */
  readonly examples: { readonly match: readonly string[]; readonly noMatch: readonly string[] };
}
