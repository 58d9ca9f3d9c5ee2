// `gearbridge signatures list [DIR]`: the signatures, how often they were seen, and what should be retired.

import type { SignatureSource } from '../config/signatures/load-signatures.ts';
import { loadLineEngine } from '../evidence/match/load-line-engine.ts';
import { adviceOn, type SignatureHits } from '../flakes/signature/advice.ts';
import type { FlakesReport } from '../views/flakes.ts';
import { apiToRead } from './api.ts';
import { loaded } from './config-load.ts';
import { exitCodes, isCommandError, type ExitCode } from './exit.ts';
import { readSignatures, warn } from './signature-set.ts';
import type { Call } from './terminal.ts';
import { jsonText, lines, type Cell } from './text.ts';

/** Hits are counted over the days after which a signature should be looked at again. */
const since = '90d';
const most = 1_000;

/** Hits by signature as the daemon tells them; null where it cannot be asked, which is said. */
async function hitsOf(call: Call): Promise<ReadonlyMap<string, SignatureHits> | null> {
  try {
    const api = await apiToRead(call);
    const { rows } = await api.get<FlakesReport>(`flakes?since=${since}&top=${most}`);
    const named = rows.filter((row) => row.of === 'signature');
    return new Map(named.map(({ name, seen, last_seen }) => [name, { hits: seen, lastHit: last_seen }]));
  } catch (error) {
    if (!isCommandError(error) || error.exitCode !== exitCodes.unreachable) throw error;
    call.terminal.err(`gearbridge: hits are not known, for no daemon could be asked: ${error.message}\n`);
    return null;
  }
}

interface Row {
  readonly source: SignatureSource;
  readonly hits: SignatureHits | null;
  readonly advice: string | null;
}

function documentOf({ source, hits, advice }: Row) {
  const { id, title, state, bug, owner, verdict, created, reviewBy, exonerate } = source.signature;
  const rest = { created, review_by: reviewBy, max_rate: exonerate.maxRate, file: source.file };
  const seen = { hits: hits?.hits ?? null, last_hit: hits?.lastHit ?? null };
  return { id, title, state, verdict, bug, owner, ...rest, ...seen, advice };
}

function cells({ source: { signature }, hits, advice }: Row): Cell[] {
  return [
    { text: signature.id },
    { text: signature.state, tone: signature.state === 'active' ? 'good' : 'calm' },
    { text: hits === null ? '-' : String(hits.hits) },
    { text: hits?.lastHit ?? '-' },
    { text: signature.reviewBy ?? '-' },
    { text: advice ?? '', tone: 'warn' },
    { text: signature.title },
  ];
}

/** Prints them; 0 also where something is to be retired. Files with an error are named on stderr. */
export async function signaturesList(call: Call, path: string | null): Promise<ExitCode> {
  const { terminal, common } = call;
  const folder = path ?? (await loaded(common.config)).signatures;
  const engine = await loadLineEngine();
  const { sources, findings } = await readSignatures(call, [folder], { engine, cached: true });
  await warn(call, findings);
  const known = await hitsOf(call);
  const today = new Date().toISOString().slice(0, 10);
  const rows = sources.map((source): Row => {
    const hits = known === null ? null : (known.get(source.signature.id) ?? { hits: 0, lastHit: null });
    return { source, hits, advice: adviceOn(source.signature, hits, today) };
  });
  if (common.json) {
    terminal.out(`${jsonText({ since: known === null ? null : since, signatures: rows.map(documentOf) })}\n`);
    return exitCodes.yes;
  }
  const heads = ['ID', 'STATE', 'HITS', 'LAST HIT', 'REVIEW BY', 'TO DO', 'TITLE'];
  const look = { columns: terminal.columns(), color: common.color };
  terminal.out(`${lines({ heads, rows: rows.map(cells) }, look).join('\n')}\n`);
  return exitCodes.yes;
}
