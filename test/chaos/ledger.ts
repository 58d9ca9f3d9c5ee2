// What Buildbot's own database says of the requests under our markers, read from its file, without a line of the product.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { output } from '../../src/servers/command.ts';
import type { Buildbot } from '../../src/servers/buildbot.ts';

/** Times are seconds since 1970, as Buildbot keeps them: rounded down. */
export interface LedgerBuild {
  readonly id: number;
  readonly startedAt: number;
  /** Null: not over. */
  readonly completeAt: number | null;
  readonly results: number | null;
  /** In Buildbot's words. */
  readonly state: string;
  /** Its `got_revision`. */
  readonly revision: string | null;
}

export interface LedgerRequest {
  readonly id: number;
  /** The parts of the marker. */
  readonly run: string;
  readonly ordinal: number;
  readonly role: string;
  readonly key: string;
  readonly builder: string;
  /** The commit that was asked for. */
  readonly revision: string | null;
  readonly submittedAt: number;
  /** Null: not over. */
  readonly completeAt: number | null;
  readonly results: number | null;
  readonly builds: readonly LedgerBuild[];
}

export type Ledger = readonly LedgerRequest[];

const script = fileURLToPath(new URL('ledger.py', import.meta.url));
const form = /gearbridge \S+ ([0-9a-f]{16}) (\d+) (vote|measure|control) ([0-9a-f]{16}) [0-9a-f]{8}$/;

type Row = Omit<LedgerRequest, 'run' | 'ordinal' | 'role' | 'key'> & { readonly reason: string };

/** Copies the database into `folder` and reads the copy; rejects where that fails, or a marker has another form. */
export async function readLedger(buildbot: Buildbot, folder: string): Promise<Ledger> {
  const files = [join(buildbot.basedir, 'master', 'state.sqlite'), join(folder, 'state.sqlite')];
  const rows = JSON.parse(await output({ program: '/usr/bin/python3', args: [script, ...files] })) as Row[];
  return rows.map(({ reason, ...row }) => {
    const [, run, ordinal, role, key] = form.exec(reason) ?? [];
    if (run === undefined || role === undefined || key === undefined)
      throw new Error(`request ${row.id} has a marker of another form: ${reason}`);
    return { ...row, run, ordinal: Number(ordinal), role, key };
  });
}

/** What Buildbot calls a build whose worker is made ready. */
export const preparing = 'preparing worker';

/**
 * A build whose worker died while the master made it ready never ends at Buildbot 3.7, whoever asks for its stop (seen in its database
 * and log): nothing but a restart of the master helps.
 */
export function isStuck({ completeAt, builds }: LedgerRequest): boolean {
  return (
    completeAt === null && builds.some((build) => build.completeAt === null && build.state === preparing)
  );
}
