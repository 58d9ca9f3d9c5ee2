// A case as it is written down by hand: short, with every default, and what was measured told by counts.

import type { FailureClass, NamedBy } from '../reading.ts';
import type { Kind } from '../kind.ts';
import type { Count } from '../statistics/rate.ts';
import type { Budget, CaseOutcome, CaseRole } from './case.ts';

export interface WrittenFailure {
  readonly builder?: string | undefined;
  readonly test_id: string | null;
  readonly file?: string | null | undefined;
  readonly kind: Kind;
  readonly message: string | null;
  readonly step: string;
  readonly fingerprint?: string | undefined;
  readonly excuse_key?: string | null | undefined;
  readonly cleared: boolean;
  readonly class?: FailureClass | undefined;
  readonly touched?: boolean | undefined;
  readonly signature: string | null;
}

export interface WrittenRepeats {
  readonly ran: number;
  readonly failed: number;
  readonly by_key?: Readonly<Record<string, number>> | undefined;
}

export interface WrittenAttempt {
  readonly builder?: string | undefined;
  readonly role: CaseRole;
  readonly outcome?: CaseOutcome | undefined;
  readonly repeats: WrittenRepeats | null;
  /** Excuse keys of a measure or control that was one whole run. */
  readonly failures: readonly string[];
  readonly doubt: string | null;
  readonly more: number;
}

export interface WrittenEvidence {
  readonly excuse_key: string;
  readonly builder?: string | undefined;
  readonly red_base: 0 | 1 | 2;
  readonly base_commits: number;
  readonly failures: number;
  readonly runs: number;
  readonly fleet?: Count | undefined;
  readonly last_24h?: Count | undefined;
  readonly suspended: string | null;
  readonly prior?: { readonly alpha: number; readonly beta: number } | undefined;
}

export interface WrittenBaseBuild {
  readonly builder: string;
  readonly revision: string;
  /** Milliseconds since 1970. */
  readonly finished_at: number;
  readonly failures: readonly string[];
}

export interface WrittenSignature {
  readonly id: string;
  readonly state: NamedBy['state'];
  readonly allowed: boolean;
  readonly max_rate: number;
  readonly contains_fix: boolean;
  readonly rate?: Count | undefined;
  readonly last_24h?: Count | undefined;
  readonly suspended: string | null;
}

/** One line of `npm run -s decide`. Its JSON Schema, with the meaning of each field, is config/decision/case.schema.json. */
export interface CaseDocument {
  readonly note?: string | undefined;
  readonly builder: string;
  /** Milliseconds since 1970. */
  readonly at?: number | undefined;
  readonly failures: readonly WrittenFailure[];
  readonly attempts: readonly WrittenAttempt[];
  readonly signatures: readonly WrittenSignature[];
  readonly history: {
    readonly base?: { readonly revision: string; readonly branch: string } | null | undefined;
    readonly evidence: readonly WrittenEvidence[];
    readonly base_builds: readonly WrittenBaseBuild[];
  };
  readonly policy: {
    readonly coverage_without: boolean;
    readonly changed_files: readonly string[] | null;
    readonly can_repeat: boolean | null;
    readonly whole_builds_fit: boolean;
    readonly voting_builders?: number | undefined;
    readonly budgets: readonly Budget[];
  };
}
