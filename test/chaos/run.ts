// `npm run chaos -- [--minutes N] [--seed S] [--act N] [--keep]`: real servers, real faults, and a report; exit code 1 where a bar was broken.

import { parseArgs } from 'node:util';
import '../templates.ts';
import { playCampaign } from './campaign.ts';
import { actLine } from './report.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '3' },
    seed: { type: 'string' },
    act: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});

function whole(name: 'seed' | 'act', least: number): number | undefined {
  const text = values[name];
  const value = Number(text);
  if (text === undefined) return undefined;
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`--${name} ${text}: expected a whole number from ${least} on`);
}

const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error(`--minutes ${values.minutes}: expected a number above 0`);
const seed = whole('seed', 0) ?? Math.floor(Math.random() * 1_000_000);
const only = whole('act', 1);

const say = (line: string): void => void process.stdout.write(`${line}\n`);
say(`chaos for ${minutes} minutes, --seed ${seed}`);
const campaign = await playCampaign({
  minutes,
  seed,
  keep: values.keep,
  told: (act) => say(actLine(act)),
  ...(only === undefined ? {} : { only }),
});
say(`\n${campaign.report}`);
if (campaign.artefacts !== null) say(`to be read: ${campaign.artefacts}`);
// After an hour of faults something in this process was seen to run on; the report must not wait for it.
process.exit(campaign.held ? 0 : 1);
