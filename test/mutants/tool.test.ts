import { expect } from 'chai';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { coverTests } from './coverage.ts';
import { isWording, placeOf, type Fate } from './mutant.ts';
import { plantMutants } from './planted.ts';
import { score, survivors, table } from './report.ts';
import type { Scope } from './scope.ts';
import { tryAll } from './try-all.ts';

const code = `export const words = ['minus', 'plus'];
export function sign(n: number): string {
  return (n < 0 ? words[0] : words[1]) ?? 'no such word';
}
export function count(n: number): number {
  let at = 0;
  while (at < n) at++;
  return at;
}
export const untold = (n: number): boolean => n > 2;
`;
const tests = (plus: string): string => `import assert from 'node:assert';
import { count, sign } from '../src/sign.ts';
it('tells signs', () => {
  assert.equal(sign(-1), 'minus');
  assert.equal(sign(1), '${plus}');
});
it('counts', () => {
  assert.equal(count(3), 3);
});
`;

describe('mutants of a file', function () {
  this.timeout(120_000);
  let folder = '';
  let scope: Scope;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gearbridge-mutants-'));
    const root = join(folder, 'project');
    for (const name of ['src', 'test']) await mkdir(join(root, name), { recursive: true });
    await symlink(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(root, 'node_modules'));
    await writeFile(join(root, 'package.json'), '{ "type": "module" }');
    await writeFile(join(root, 'tsconfig.json'), '{}');
    await writeFile(join(root, 'src', 'sign.ts'), code);
    await writeFile(join(root, 'test', 'sign.test.ts'), tests('plus'));
    scope = { root, code: ['src/sign.ts'], tests: ['test/sign.test.ts'] };
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const loadOf = () => ({ folder: join(folder, 'tree'), tests: scope.tests, mutant: '' });

  it('are killed, last, survive or are uncovered, those too that work while modules are loaded', async () => {
    const planted = await plantMutants(scope, join(folder, 'tree'));
    const mutants = planted.filter((mutant) => !isWording(mutant));
    expect(planted.length - mutants.length, 'wording').to.equal(1);
    const coverage = await coverTests(loadOf(), planted);
    const heard: string[] = [];
    const results = await tryAll(mutants, { load: loadOf(), coverage, processes: 2 }, ({ mutant }) =>
      heard.push(mutant.id),
    );
    expect(heard).to.have.members(mutants.map(({ id }) => id));
    const fates = new Map(results.map(({ mutant, fate }) => [placeOf(mutant), fate]));
    const expected: [string, Fate][] = [
      ['src/sign.ts:3:11 true', 'killed'],
      ['src/sign.ts:3:11 n <= 0', 'survived'],
      ['src/sign.ts:1:22 []', 'killed'],
      ['src/sign.ts:1:23 ""', 'killed'],
      ['src/sign.ts:7:18 at--', 'killed'],
      ['src/sign.ts:10:47 n >= 2', 'uncovered'],
    ];
    for (const [place, fate] of expected) expect(fates.get(place), place).to.equal(fate);
    const alive = results.filter(({ fate }) => fate === 'survived' || fate === 'uncovered');
    expect(survivors(results))
      .to.have.length(alive.length)
      .and.include('src/sign.ts:3:11 survived: n < 0  ->  n <= 0');
    expect(score(results)).to.equal(1 - alive.length / mutants.length);
    expect(table(results)).to.have.length(3);
  });

  it('are not tried where a test fails without any', async () => {
    await writeFile(join(scope.root, 'test', 'sign.test.ts'), tests('neither'));
    const planted = await plantMutants(scope, join(folder, 'tree'));
    const failure: unknown = await coverTests(loadOf(), planted).catch((error: unknown) => error);
    expect(failure)
      .to.be.an('error')
      .with.property('message')
      .that.matches(/without any mutant.*tells signs/);
  });
});
