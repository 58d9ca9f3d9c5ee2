// Acts one after the other until the time is used, and where they may be read.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { playAct, type Act } from './act.ts';
import { drawPlan } from './plan.ts';
import { report } from './report.ts';

export interface Campaign {
  readonly acts: readonly Act[];
  readonly held: boolean;
  /** The table and the figures, as text. */
  readonly report: string;
  /** Where timelines, logs, stores and databases of the acts lie; null: all held, and they are gone. */
  readonly artefacts: string | null;
}

export interface CampaignOptions {
  readonly minutes: number;
  readonly seed: number;
  /** Plays that act of the campaign alone; they count from 1. */
  readonly only?: number;
  /** Leaves the artefacts of an act that held as well. */
  readonly keep?: boolean;
  /** Told when an act is over. */
  readonly told?: (act: Act) => void;
}

/** Milliseconds of an act, at most; and of that what starting, settling and reading take. */
const longest = 4 * 60_000;
const besides = 40_000;
const shortest = 15_000;

/** Plays sharp and blunt acts by turns for about so many minutes. */
export async function playCampaign(options: CampaignOptions): Promise<Campaign> {
  const { minutes, seed } = options;
  const folder = await mkdtemp(join(tmpdir(), 'gearbridge-chaos-'));
  const count = Math.max(2, Math.floor((minutes * 60_000) / longest));
  const lasts = Math.max(shortest, (minutes * 60_000) / count - besides);
  const acts: Act[] = [];
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  for (const number of options.only === undefined ? numbers : [options.only]) {
    const place = join(folder, `act-${number}`);
    const played = await playAct(drawPlan({ seed, act: number - 1, lasts }), place);
    acts.push(played);
    options.told?.(played);
    if (played.breaches.length === 0 && options.keep !== true) await rm(place, { recursive: true });
    else await writeFile(join(place, 'breaches.json'), JSON.stringify(played.breaches, null, 2));
  }
  const held = acts.every(({ breaches }) => breaches.length === 0);
  const text = report(acts);
  const keeps = !held || options.keep === true;
  if (keeps) await writeFile(join(folder, 'report.txt'), text);
  else await rm(folder, { recursive: true });
  return { acts, held, report: text, artefacts: keeps ? folder : null };
}
