// Signatures over large logs, beside ripgrep with its limits raised, both pinned to one core and in turn.

import type { Bar, Effort, Row } from './bar.ts';
import { withCleanup } from './cleanup.ts';
import { median, time } from './figures.ts';
import { openMatchPlace, pinned, ripgrep, type MatchPlace } from './match-place.ts';
import { compiled } from './measured-daemon.ts';

interface Pair {
  readonly ours: number;
  readonly ripgrep: number;
}

interface Task {
  readonly signatures: { readonly folder: string; readonly patterns: string };
  readonly log: string;
  readonly rounds: number;
  readonly cache: string;
}

/** Medians in milliseconds of whole commands. */
async function both({ signatures, log, rounds, cache }: Task): Promise<Pair> {
  const ours: number[] = [];
  const peer: number[] = [];
  const env = { ...process.env, XDG_CACHE_HOME: cache };
  const command = [
    process.execPath,
    compiled,
    'signatures',
    'test',
    signatures.folder,
    '--log',
    log,
    '--json',
  ];
  // The first one reads and compiles the signatures, which match-load measures.
  await pinned(command, env);
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await pinned(command, env));
    peer.push(await pinned(['rg', ...ripgrep, '-f', signatures.patterns, log]));
  }
  return { ours: median(ours), ripgrep: median(peer) };
}

function rateRow(count: number, demanded: number, difference: Pair, megabytes: number): Row {
  const [ours, ripgrep] = [difference.ours, difference.ripgrep].map((ms) => (megabytes * 1_000) / ms);
  const ratio = (ours ?? 0) / (ripgrep ?? 1);
  return {
    demanded: `${count} signatures: rate >= ${demanded} x rg`,
    measured: `${ratio.toFixed(2)} x, ${(ours ?? 0).toFixed(0)} MB/s`,
    peer: `rg: ${(ripgrep ?? 0).toFixed(0)} MB/s`,
    met: ratio >= demanded,
  };
}

interface Sizes {
  readonly small: string;
  readonly large: string;
  readonly whole: string;
  readonly megabytes: number;
  readonly rounds: number;
}

async function sizes(place: MatchPlace, short: boolean): Promise<Sizes> {
  const large = short ? 102 : 500;
  return {
    small: await place.log(2_000_000),
    large: await place.log(large * 1_000_000),
    whole: await place.log(100_000_000),
    megabytes: large - 2,
    rounds: short ? 3 : 5,
  };
}

async function measure({ short, say }: Effort): Promise<readonly Row[]> {
  return withCleanup(async (cleanup) => {
    const place = await openMatchPlace(cleanup);
    const logs = await sizes(place, short);
    const rows: Row[] = [];
    const bars = [
      [10, 2],
      [100, 0.8],
      [1_000, 0.45],
    ] as const;
    for (const [count, demanded] of bars) {
      say(`${count} signatures`);
      const task = { signatures: await place.signatures(count), rounds: logs.rounds, cache: place.folder };
      const small = await both({ ...task, log: logs.small });
      const large = await both({ ...task, log: logs.large });
      const difference = { ours: large.ours - small.ours, ripgrep: large.ripgrep - small.ripgrep };
      rows.push(rateRow(count, demanded, difference, logs.megabytes));
      if (count < 1_000) continue;
      const whole = await both({ ...task, log: logs.whole });
      rows.push({
        demanded: 'the whole command, 1000 signatures on 100 MB: >= 1.0 x rg',
        measured: `${(whole.ripgrep / whole.ours).toFixed(2)} x, ${time(whole.ours)}`,
        peer: `rg: ${time(whole.ripgrep)}`,
        met: whole.ours <= whole.ripgrep,
      });
    }
    return rows;
  });
}

export const match: Bar = { name: 'match', title: 'signatures over logs', measure };
