// What the demo says at its end: the verdicts, and with --keep where everything is.

import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { visible } from '../../views/text.ts';
import { jobName } from './config.ts';
import { proposed } from './gatekeeper.ts';
import type { Outcome } from './play.ts';
import { wrapped, type Screen } from './screen.ts';
import type { Stage } from './stage.ts';

const indent = 26;

/** The verdicts, each with its reason and its page. */
export function verdicts(outcomes: readonly Outcome[], screen: Pick<Screen, 'tinted' | 'columns'>): string[] {
  const lines = outcomes.flatMap(({ title, result, summary, url, wrong }) => {
    const word = visible(result ?? 'none').padEnd(8);
    const below = ' '.repeat(indent);
    const [first, ...more] = wrapped(visible(summary), screen.columns() - indent);
    return [
      `  ${title.padEnd(14)} ${screen.tinted(word, wrong === null ? 'good' : 'bad')} ${first ?? ''}`,
      ...more.map((line) => `${below}${line}`),
      ...(wrong === null ? [] : [`${below}${screen.tinted(`wrong: ${visible(wrong)}`, 'bad')}`]),
      `  ${''.padEnd(14)} ${visible(url)}`,
    ];
  });
  return ['The verdicts as the gatekeeper got them, each with its reason and its page:', '', ...lines, ''];
}

/** How this very program is called from where the user stands. */
function program(): string {
  const path = relative(process.cwd(), process.argv[1] ?? '');
  return ['node', ...process.execArgv, path].join(' ');
}

/** Where everything is and how one goes on; writes the arguments of one more change into the stage's folder. */
export async function addresses(stage: Stage): Promise<string[]> {
  const { folder, config, web, buildbot, gearmand } = stage;
  const change = proposed('one more', folder);
  const file = join(folder, 'change.json');
  await writeFile(file, `${JSON.stringify(change.arguments, null, 2)}\n`);
  const submit = `jobs submit --job ${jobName} --branch main --revision ${proposed('yet another', folder).commit} --wait`;
  return [
    'Everything is left running:',
    '',
    `  pages          ${web}`,
    `  API            ${web}api/v1/jobs`,
    `  Buildbot       ${buildbot.api}`,
    `  Gearman        ${gearmand.address}`,
    `  configuration  ${config}`,
    '',
    'Submit one more change as a gatekeeper does:',
    '',
    `  gearman -h 127.0.0.1 -p ${gearmand.port} -f build:${jobName} -u ${change.number} < ${file}`,
    '',
    'or from the command line:',
    '',
    `  ${program()} --config ${config} ${submit}`,
    '',
    'Ctrl-C here ends all of it and removes its files.',
    '',
  ];
}
