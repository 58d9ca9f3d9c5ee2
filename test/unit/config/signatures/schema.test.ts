import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { signatureGuide } from '../../../../src/config/signatures/guide.ts';
import { jsonSchema } from './json-schema.ts';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

const file = new URL('../../../../config/signatures/signature.schema.json', import.meta.url);
const whole = JSON.parse(jsonSchema()) as Schema;

/** Every path that a file can have; a match tree's own conditions once. */
function pathsOf(schema: Schema, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (schema.$ref !== undefined) {
    const inside = path.filter((part) => part === 'all' || part === 'any' || part === 'none').length;
    return inside > 1 ? [] : pathsOf(Object.values(whole.$defs ?? {})[0] ?? {}, path);
  }
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => [
      [...path, key],
      ...pathsOf(inner, [...path, key]),
    ]),
    ...(schema.items === undefined ? [] : [[...path, 0], ...pathsOf(schema.items, [...path, 0])]),
    ...(schema.anyOf ?? []).flatMap((inner) => pathsOf(inner, path)),
  ];
}

describe('the schema of signature files', () => {
  it('is the JSON Schema in config/signatures', async () => {
    expect(JSON.parse(await readFile(file, 'utf8'))).to.deep.equal(whole);
  });

  it('has something to expect for every key, and knows every key', () => {
    const paths = pathsOf(whole);

    expect(paths.map((path) => path.join('.'))).to.include.members([
      'id',
      'match.all.0.test_id.glob',
      'match.log.lines.0',
    ]);
    expect(paths.filter((path) => signatureGuide.expectation(path) === '')).to.deep.equal([]);
    for (const path of paths) {
      const last = path.at(-1) ?? '';
      if (typeof last === 'string') expect(signatureGuide.keysIn(path.slice(0, -1))).to.include(last);
    }
  });
});
