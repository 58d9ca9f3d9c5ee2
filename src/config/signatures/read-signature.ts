// The text of one file to a signature, or to everything that is wrong with it.

import type { LineEngine } from '../../flakes/signature/line-pattern.ts';
import type { MatchNode, Signature } from '../../flakes/signature/signature.ts';
import type { Position } from '../finding.ts';
import { quoted } from '../finding.ts';
import type { Remark } from '../issues.ts';
import type { KeyPath } from '../keys.ts';
import { formatKey } from '../keys.ts';
import { readPlainYaml } from './plain-yaml.ts';

export type SignatureReading =
  | { readonly kind: 'read'; readonly signature: Signature }
  | { readonly kind: 'refused'; readonly remarks: readonly Remark[] };

/** Why the engine would not take a regex; null where it does. */
export type Refusal = LineEngine['refusal'];

const expected = 'a signature with id and match';

/** zod's compiling of a schema takes longer than it saves in a thousand files. */
const interpreted = { jitless: true };

const load = () => Promise.all([import('./schema.ts'), import('./signature-of.ts')]);
/** Asked for once: a thousand dynamic imports of what is loaded already take longer than a thousand files. */
let libraries: ReturnType<typeof load> | null = null;

/** Reads a text of at most 64 KiB. The libraries are loaded when the first file needs them. */
export async function readSignature(text: string, refusal: Refusal): Promise<SignatureReading> {
  const [{ signatureSchema }, { signatureOf }] = await (libraries ??= load());
  const plain = readPlainYaml(text);
  const quick = plain === undefined ? null : signatureSchema.safeParse(plain, interpreted);
  if (quick?.success === true) {
    const signature = signatureOf(quick.data);
    if (regexesOf(signature.match).every((source) => refusal(source) === null))
      return { kind: 'read', signature };
  }
  return readSlowly(text, refusal);
}

/** With the place of every key: for what is wrong or unusual. */
async function readSlowly(text: string, refusal: Refusal): Promise<SignatureReading> {
  const [
    { readSource },
    { remarksOf },
    { signatureSchema },
    { signatureOf },
    { signatureGuide },
    { unfolded },
  ] = await Promise.all([
    import('../source.ts'),
    import('../issues.ts'),
    import('./schema.ts'),
    import('./signature-of.ts'),
    import('./guide.ts'),
    import('./unfolded.ts'),
  ]);
  const reading = readSource(text, expected);
  if (reading.kind === 'refused') return { kind: 'refused', remarks: reading.findings };
  const { source } = reading;
  const parsed = signatureSchema.safeParse(source.raw);
  const remarks = [
    ...(parsed.success ? [] : remarksOf(unfolded(parsed.error.issues, source.raw), source, signatureGuide)),
    ...regexRemarks(source.raw, { at: (path) => source.at(path), refusal }),
  ];
  if (!parsed.success || remarks.length > 0) return { kind: 'refused', remarks };
  return { kind: 'read', signature: signatureOf(parsed.data) };
}

/** Every regex of a tree, made ones included. */
export function regexesOf(node: MatchNode): readonly string[] {
  switch (node.node) {
    case 'fact':
      return node.test.how === 'regex' ? [node.test.source] : [];
    case 'log':
      return node.sequence.flatMap((one) => (one.kind === 'regex' ? [one.source] : []));
    case 'all':
    case 'any':
    case 'none':
      return node.nodes.flatMap(regexesOf);
  }
}

interface Asked {
  readonly at: (path: KeyPath) => Position;
  readonly refusal: Refusal;
}

/** The regexes of plain data that the engine refuses, each where it stands. */
function regexRemarks(raw: unknown, { at, refusal }: Asked): readonly Remark[] {
  return writtenRegexes(raw, []).flatMap(({ path, source }): Remark[] => {
    const why = refusal(source);
    if (why === null) return [];
    const sentence = `is ${quoted(source)}, which RE2 does not take (${why}), expected an RE2 regex of bounded size`;
    return [{ ...at(path), key: formatKey(path), sentence }];
  });
}

/** Every text below a key `regex` of plain data, with its path. */
export function writtenRegexes(
  raw: unknown,
  path: KeyPath,
): readonly { readonly path: KeyPath; readonly source: string }[] {
  if (Array.isArray(raw)) return raw.flatMap((item, index) => writtenRegexes(item, [...path, index]));
  if (typeof raw !== 'object' || raw === null) return [];
  return Object.entries(raw).flatMap(([key, value]: [string, unknown]) =>
    key === 'regex' && typeof value === 'string'
      ? [{ path: [...path, key], source: value }]
      : writtenRegexes(value, [...path, key]),
  );
}
