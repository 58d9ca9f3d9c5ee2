// The configuration in force, and how another one takes its place: read whole, checked whole, and taken only when nothing is
// wrong with it. What a running job was promised stays (RUNS.md 1.2): its terms are its own.

import type { Config } from '../config/config.ts';
import { differences, reloaded, type Difference } from '../config/differences.ts';
import { plain } from '../config/effective.ts';
import { formatFinding } from '../config/finding.ts';
import type { LoadResult } from '../config/load.ts';
import type { Log } from '../observe/log.ts';

export type ReloadResult =
  | { readonly kind: 'ok'; readonly changes: readonly Difference[] }
  /** Nothing changed; each sentence is a finding. */
  | { readonly kind: 'refused'; readonly findings: readonly string[] };

export interface ConfigInForce {
  get(): Config;
  /** The last reload that was refused, until one succeeds: when (milliseconds since 1970), and why. */
  refused(): { readonly at: number; readonly why: string } | null;
  /** Reads the file anew. Several at once are served one after the other. Rejects only by accident. */
  reload(): Promise<ReloadResult>;
  /** What a reload would change. */
  compare(): Promise<ReloadResult>;
}

interface Parts {
  readonly initial: Config;
  readonly load: () => Promise<LoadResult>;
  /** Another configuration is in force. */
  readonly changed: () => void;
  readonly wall: () => number;
  readonly log: Log;
}

/** Lines that one reload may write to the log. */
const mostTold = 50;
const mostValue = 300;

/** One line: `max_jobs: 1 -> 2`; what needs a restart says so. */
function sentenceOf({ key, before, after, reload }: Difference): string {
  const short = (value: string | null): string => (value ?? 'nothing').slice(0, mostValue);
  return `${key}: ${short(before)} -> ${short(after)}${reload === 'restart' ? ' (not taken: needs a restart)' : ''}`;
}

export function createConfigInForce({ initial, load, changed, wall, log }: Parts): ConfigInForce {
  let config = initial;
  let refused: ReturnType<ConfigInForce['refused']> = null;
  let turn: Promise<unknown> = Promise.resolve();

  const compare = async (): Promise<ReloadResult> => {
    const result = await load();
    return result.kind === 'refused'
      ? { kind: 'refused', findings: result.findings.map(formatFinding) }
      : { kind: 'ok', changes: differences(plain(config), plain(result.config)) };
  };
  const take = async (): Promise<ReloadResult> => {
    const result = await load();
    const findings = result.findings.map(formatFinding);
    if (result.kind === 'refused') {
      refused = { at: wall(), why: findings[0] ?? 'the file is wrong' };
      for (const why of findings.slice(0, mostTold))
        log.error({ why }, 'the configuration is wrong; the old one stays in force');
      return { kind: 'refused', findings };
    }
    for (const why of findings.slice(0, mostTold)) log.warn({ why }, 'the configuration');
    const changes = differences(plain(config), plain(result.config));
    config = reloaded(config, result.config);
    refused = null;
    for (const change of changes.slice(0, mostTold)) log.info({ why: sentenceOf(change) }, 'configuration');
    log.info({ count: changes.length }, 'read the configuration anew; running jobs keep their terms');
    changed();
    return { kind: 'ok', changes };
  };
  return {
    get: () => config,
    refused: () => refused,
    compare,
    reload() {
      const result = turn.then(take);
      // Whoever asked hears of its failure by `result`; the next turn only waits for the end of this one.
      turn = result.catch(() => undefined);
      return result;
    },
  };
}
