import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { parse } from 'yaml';
import { z } from 'zod';
import { effective } from '../../../src/config/effective.ts';
import { keyTable } from '../../../src/config/key-table.ts';
import { expectation, formatKey, keysIn } from '../../../src/config/keys.ts';
import { fileSchema } from '../../../src/config/schema.ts';
import { keyList } from './key-list.ts';
import { folder } from './sample.ts';

const tableKeys = keyTable.map(({ key }) => key);
const read = (name: string): string =>
  readFileSync(new URL(`../../../config/${name}`, import.meta.url), 'utf8');

/** The keys of a schema, as the table writes them. */
function schemaKeys(schema: z.core.$ZodType, path = ''): string[] {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return schemaKeys(schema.def.innerType, path);
  }
  if (schema instanceof z.ZodArray) return schemaKeys(schema.def.element, `${path}[]`);
  if (schema instanceof z.ZodRecord) return below(schema.def.valueType, `${path}.*`);
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape).flatMap(([key, inner]) =>
    below(inner as z.core.$ZodType, path === '' ? key : `${path}.${key}`),
  );
}
const below = (schema: z.core.$ZodType, path: string): string[] => [path, ...schemaKeys(schema, path)];

/** The keys of plain data, as the table writes them: a mapping of names has `*`. */
function dataKeys(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => dataKeys(item, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const named = path === '' ? key : `${path}.${key}`;
    const known = tableKeys.includes(named) ? named : `${path}.*`;
    return [known, ...dataKeys(inner, known)];
  });
}

/** The sample with the keys that are left out in it put in. */
const whole = (): string => read('gearbridge.yaml').replace(/^( *)#(?=\S)/gm, '$1');
const sorted = (keys: readonly string[]): string[] => [...new Set(keys)].sort();

/** The value of a key of the table in plain data, of the first entry of a list. */
function valueOf(file: unknown, key: string): unknown {
  const steps = key.replaceAll('[]', '.0').split('.');
  return steps.reduce<unknown>(
    (inner, step) => (inner as Readonly<Record<string, unknown>> | undefined)?.[step],
    file,
  );
}

describe('the table of keys', () => {
  it('has each key once', () => {
    expect(sorted(tableKeys)).to.have.length(tableKeys.length);
  });

  it('has the keys of the schema', () => {
    expect(sorted(schemaKeys(fileSchema))).to.deep.equal(sorted(tableKeys));
  });

  it('has the keys of the sample', () => {
    expect(sorted(dataKeys(parse(whole())))).to.deep.equal(sorted(tableKeys));
  });

  it('has the defaults that the sample shows, but for those that are examples there', () => {
    const examples = [
      'manager',
      'web.public_url',
      'fleet.platforms',
      'jobs[].branches',
      'policies.*.coverage',
    ];
    examples.push('jobs[].repositories', 'jobs[].repository', 'jobs[].changed_files');
    const file: unknown = parse(whole());
    for (const { key, default: text } of keyTable) {
      if (text === undefined || examples.includes(key)) continue;
      expect(valueOf(file, key.replace('policies.*', 'policies.gate')), key).to.deep.equal(parse(text));
    }
  });

  it('is the list in config/README.md', () => {
    const [, list] = /<!-- keys -->\n+([^]*?)\n+<!-- end of keys -->/.exec(read('README.md')) ?? [];
    expect(list).to.equal(keyList());
  });

  it('has the defaults that a file with nothing but what it must have gets', async () => {
    const place = await folder();
    const embedded = `gearman: { embedded: {} }\nbuildbot: { url: "http://b/" }\n`;
    const result = await place.load(
      `${embedded}jobs: [{ name: a, project: b, builders: { tags: [c] }, policy: p }]\npolicies: { p: {} }\n`,
    );
    await place.dispose();
    if (result.kind === 'refused') throw new Error(JSON.stringify(result.findings));
    const file: unknown = parse(effective(result.config));
    const special: Readonly<Record<string, unknown>> = {
      manager: hostname(),
      'web.public_url': 'http://127.0.0.1:8077/',
      signatures: `${place.path}/signatures`,
    };
    const absent = ['jobs[].branches', 'jobs[].repositories', 'jobs[].repository', 'policies.*.coverage'];
    absent.push('jobs[].changed_files');
    for (const { key, default: text } of keyTable) {
      if (text === undefined) continue;
      const value = valueOf(file, key.replace('policies.*', 'policies.p'));
      expect(value, key).to.deep.equal(absent.includes(key) ? undefined : (special[key] ?? parse(text)));
    }
  });

  it('says what an entry of a list is expected to be', () => {
    expect(expectation(['jobs', 3, 'builders', 'tags', 0])).to.equal('a tag, as text');
    expect(expectation(['policies', 'x', 'coverage', 'linux'])).to.equal('a whole number from 1 to 1000');
    expect(expectation(['nothing'])).to.equal('');
  });

  it('says which keys a mapping may have', () => {
    expect(keysIn(['jobs', 0, 'builders'])).to.deep.equal(['tags', 'names', 'exclude']);
    expect(keysIn(['policies'])).to.deep.equal([]);
  });

  it('writes paths as people do, and odd names in quotes', () => {
    expect(formatKey(['jobs', 0, 'name'])).to.equal('jobs[0].name');
    expect(formatKey(['policies', 'a b\n'])).to.equal('policies["a b\\n"]');
  });
});
