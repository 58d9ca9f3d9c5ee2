// The excerpts that a signature must and must not match, held to it.

import { basename, dirname, join } from 'node:path';
import type { SignatureSource } from '../config/signatures/load-signatures.ts';
import { explainLog } from '../evidence/explain-log.ts';
import type { LineEngine } from '../flakes/signature/line-pattern.ts';
import { excerptPart } from '../flakes/signature/log-part.ts';
import { createSignatureSet } from '../flakes/signature/signature-set.ts';

/** What is wrong with one example. */
export interface ExampleFault {
  readonly path: readonly ['examples', 'match' | 'no_match', number];
  readonly sentence: string;
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // An example is a file: nobody's input is read.
}

/** Checks the examples of a signature. An excerpt knows no builder and no step: leaves that ask for them count as true. */
export async function exampleFaults(
  source: SignatureSource,
  engine: LineEngine,
): Promise<readonly ExampleFault[]> {
  const { signature, file } = source;
  const { match, noMatch } = signature.examples;
  const asked = { ...signature, match: excerptPart(signature.match) };
  const set = createSignatureSet([asked], engine);
  const names = [
    ...match.map((name, index) => ({ name, index, key: 'match' as const })),
    ...noMatch.map((name, index) => ({ name, index, key: 'no_match' as const })),
  ];
  const faults: ExampleFault[] = [];
  for (const { name, index, key } of names) {
    const log = join(dirname(file), name);
    const given = {
      log,
      input: nothing(),
      format: 'auto',
      junit: null,
      builder: null,
      platform: null,
    } as const;
    const sentence = await explainLog({ ...given, signatures: set }).then(
      ({ failures, matches }) => {
        const matched = matches.some((some) => some.length > 0);
        if (matched === (key === 'match')) return null;
        if (matched) return `${name} is matched, expected an excerpt that ${signature.id} leaves alone`;
        const seen = failures.slice(0, 3).map(({ kind, testId }) => `${kind} in ${testId ?? 'no test'}`);
        const found = failures.length === 0 ? 'no failure is found in it' : `found in it: ${seen.join('; ')}`;
        return `${name} is not matched (${found}), expected an excerpt that ${signature.id} matches`;
      },
      (error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        return `${basename(name)} cannot be read (${why}), expected a file below the folder of the signature`;
      },
    );
    if (sentence !== null) faults.push({ path: ['examples', key, index], sentence });
  }
  return faults;
}
