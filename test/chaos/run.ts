// `npm run chaos -- [--minutes N] [--seed S] [--keep]`: real servers, real faults, and a report; exit code 1 where a bar was broken.

import { parseArgs } from 'node:util';
import '../templates.ts';
import { playCampaign } from './campaign.ts';
import { actLine } from './report.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '3' },
    seed: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});

const minutes = Number(values.minutes);
const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : Number(values.seed);
if (!(minutes > 0)) throw new Error(`--minutes ${values.minutes}: expected a number above 0`);
if (!Number.isSafeInteger(seed) || seed < 0)
  throw new Error(`--seed ${values.seed ?? ''}: expected a whole number`);

const say = (line: string): void => void process.stdout.write(`${line}\n`);
say(`chaos for ${minutes} minutes, --seed ${seed}`);
const campaign = await playCampaign({ minutes, seed, keep: values.keep, told: (act) => say(actLine(act)) });
say(`\n${campaign.report}`);
if (campaign.artefacts !== null) say(`to be read: ${campaign.artefacts}`);
process.exitCode = campaign.held ? 0 : 1;
