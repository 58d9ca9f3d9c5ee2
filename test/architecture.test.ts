// Who may import whom, by dependency-cruiser with the rules of .dependency-cruiser.cjs. An empty report is worth nothing
// by itself: with a compiler it does not know, the tool reads no module and says that all is well.

import { expect } from 'chai';
import { cruise, type ICruiseOptions, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface RuleSet {
  readonly forbidden: readonly (IForbiddenRuleType & { readonly name: string })[];
  readonly options: ICruiseOptions;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const rules = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs')) as RuleSet;

/** Reads `src` below a folder and judges it by our rules. */
async function judge(folder: string): Promise<ICruiseResult> {
  const { forbidden, options } = rules;
  const result = await cruise(['src'], {
    ...options,
    baseDir: folder,
    tsConfig: { fileName: join(root, 'tsconfig.json') },
    ruleSet: { forbidden: [...forbidden] },
    validate: true,
  });
  if (typeof result.output === 'string')
    throw new Error('dependency-cruiser gave text where an object was expected');
  return result.output;
}

function sentences(result: ICruiseResult): string[] {
  return result.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
}

async function sources(): Promise<string[]> {
  const entries = await readdir(join(root, 'src'), { recursive: true });
  return entries.filter((name) => name.endsWith('.ts')).map((name) => join('src', name));
}

/** One forbidden import for each rule; the file imported exists, so that nothing is judged by a guess. */
const planted: Readonly<Record<string, readonly [from: string, to: string]>> = {
  'pure-rooms-import-nothing-outside': ['src/gate/planted-clock.ts', 'node:fs'],
  'fleet-and-flakes-do-not-know-gate': ['src/fleet/planted-gate.ts', 'src/gate/planted-target.ts'],
  'fleet-and-flakes-are-strangers': ['src/flakes/planted-fleet.ts', 'src/fleet/planted-target.ts'],
  'adapters-import-only-the-pure-rooms': ['src/store/planted-buildbot.ts', 'src/buildbot/planted-target.ts'],
  'web-sees-views-only': ['src/web/planted-store.ts', 'src/store/planted-target.ts'],
  'cli-puts-together-what-needs-no-daemon': ['src/cli/planted-store.ts', 'src/store/planted-target.ts'],
  'servers-import-nothing-of-ours': ['src/servers/planted-gate.ts', 'src/gate/planted-target.ts'],
  'nobody-imports-daemon-but-its-command': ['src/observe/planted-daemon.ts', 'src/daemon/planted-target.ts'],
};
const drivers = rules.forbidden.map((rule) => rule.name).filter((name) => name.includes('-only-in-'));

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

async function plant(folder: string): Promise<void> {
  for (const [from, to] of Object.values(planted)) {
    const specifier = to.startsWith('src/') ? `../../${to}` : to;
    await write(join(folder, from), `import '${specifier}';\n`);
    if (to.startsWith('src/')) await write(join(folder, to), 'export const target = 1;\n');
  }
  for (const name of drivers) {
    const driver = name.split('-only-in-')[0] ?? '';
    await write(join(folder, `src/views/planted-${driver}.ts`), `import '${driver}';\n`);
  }
  await write(join(folder, 'src/daemon/planted-one.ts'), `import './planted-two.ts';\n`);
  await write(join(folder, 'src/daemon/planted-two.ts'), `import type { one } from './planted-one.ts';\n`);
}

describe('the architecture', function () {
  this.timeout(60_000);

  it('is kept by every module under src, and every one of them was read', async () => {
    const result = await judge(root);
    const read = new Set(result.modules.map((module) => module.source));

    expect((await sources()).filter((file) => !read.has(file))).to.deep.equal([]);
    expect(read.size)
      .to.be.at.least((await sources()).length)
      .and.to.be.greaterThan(10);
    expect(sentences(result)).to.deep.equal([]);
  });

  describe('when each of its rules is broken once', () => {
    let folder = '';
    let found: string[] = [];

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'gearbridge-architecture-'));
      await cp(join(root, 'src'), join(folder, 'src'), { recursive: true });
      await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
      await plant(folder);
      found = sentences(await judge(folder));
    });

    after(async () => {
      await rm(folder, { recursive: true, force: true });
    });

    it('has a planted violation for every rule', () => {
      const names = rules.forbidden.map((rule) => rule.name);

      expect(names).to.have.members([...Object.keys(planted), ...drivers, 'no-circular']);
    });

    for (const [rule, [from]] of Object.entries(planted)) {
      it(`finds what breaks ${rule}`, () => {
        expect(found.filter((sentence) => sentence.startsWith(`${rule}: ${from} -> `))).to.have.lengthOf(1);
      });
    }

    for (const rule of drivers) {
      it(`finds what breaks ${rule}`, () => {
        expect(found.some((sentence) => sentence.startsWith(`${rule}: src/views/planted-`))).to.equal(true);
      });
    }

    it('finds a circle, also one closed by a type only', () => {
      expect(found.filter((sentence) => sentence.startsWith('no-circular: src/daemon/planted-'))).to.not.be
        .empty;
    });
  });
});
