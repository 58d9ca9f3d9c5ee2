// `gearbridge signatures lint [DIR|FILE…]`: everything that is wrong or unusual, on files alone.

import { formatFinding, type Finding } from '../config/finding.ts';
import { formatKey } from '../config/keys.ts';
import { positionIn, type SignatureSource } from '../config/signatures/load-signatures.ts';
import { warningsOf } from '../config/signatures/warnings.ts';
import { loadLineEngine } from '../evidence/match/load-line-engine.ts';
import { requiredBytes } from '../evidence/match/required-bytes.ts';
import type { LineEngine } from '../flakes/signature/line-pattern.ts';
import { exitCodes, type ExitCode } from './exit.ts';
import { exampleFaults } from './signature-examples.ts';
import { readSignatures } from './signature-set.ts';
import type { Call } from './terminal.ts';
import { jsonText } from './text.ts';

async function findingsOn(source: SignatureSource, engine: LineEngine): Promise<readonly Finding[]> {
  const { file, signature } = source;
  const today = new Date().toISOString().slice(0, 10);
  const told = [
    ...(await exampleFaults(source, engine)).map(({ path, sentence }) => ({
      path,
      key: formatKey(path),
      sentence,
      level: 'error' as const,
    })),
    ...warningsOf(signature, { today, requiredBytes }).map((one) => ({ ...one, level: 'warning' as const })),
  ];
  return Promise.all(
    told.map(async ({ path, key, sentence, level }) => ({
      ...(await positionIn(file, path)),
      file,
      key,
      sentence,
      level,
    })),
  );
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** 0 when no file has an error; warnings do not count. 1 when one has, 6 when a path is not there. */
export async function signaturesLint(call: Call, paths: readonly string[]): Promise<ExitCode> {
  const { terminal, common } = call;
  const engine = await loadLineEngine();
  const { sources, findings, files } = await readSignatures(call, paths, { engine, cached: false });
  const all = [...findings];
  for (const source of sources) all.push(...(await findingsOn(source, engine)));
  all.sort((one, other) => files.indexOf(one.file) - files.indexOf(other.file) || one.line - other.line);
  const errors = all.filter(({ level }) => level === 'error').length;
  if (common.json) {
    terminal.out(`${jsonText({ ok: errors === 0, files: files.length, findings: all })}\n`);
  } else {
    for (const finding of all) terminal.out(`${formatFinding(finding)}\n`);
    const found = `${count(errors, 'error')}, ${count(all.length - errors, 'warning')}`;
    terminal.out(`${count(files.length, 'file')}: ${all.length === 0 ? 'nothing to say against' : found}\n`);
  }
  return errors === 0 ? exitCodes.yes : exitCodes.no;
}
