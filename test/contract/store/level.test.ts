import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { ClassicLevel } from 'classic-level';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openLevelJournal } from '../../../src/store/level/open-level-journal.ts';
import type { BuilderName } from '../../../src/fleet/fleet.ts';
import { intend } from '../../../src/gate/attempt.ts';
import { unseen, type Engine } from '../../../src/store/ordered/engine.ts';
import { seal } from '../../../src/store/ordered/record.ts';
import { schemaPlan } from '../../../src/store/ordered/schema.ts';
import { buildsContract } from './builds-suite.ts';
import { durabilityContract } from './durability-suite.ts';
import { historyContract } from './history-suite.ts';
import { journalContract, refusal } from './journal-suite.ts';
import { runId, runRecord } from './run-record.ts';
import type { StoreUnderTest } from './store-under-test.ts';

const manager = 'gate.example.org';
const open = { joinable: true, open: true };
/** The layout of the first version. */
const first = { current: 1, migrations: [] };

async function levelUnderTest(): Promise<StoreUnderTest> {
  const path = await mkdtemp(join(tmpdir(), 'gearbridge-store-'));
  return {
    open: (wish = {}) => openLevelJournal({ path, manager, ...wish }),
    writer: { driver: 'level', place: path },
    damage: (id) =>
      touched(path, async (db) => {
        const text = await db.get(`run/${id}`);
        await db.put(`run/${id}`, text?.replace('"jobName":"gate"', '"jobName":"gatf"') ?? '');
      }),
    dispose: () => rm(path, { recursive: true }),
  };
}

/** Opens the database behind the driver's back. */
async function touched(path: string, work: (db: ClassicLevel) => Promise<void>): Promise<void> {
  const db = new ClassicLevel(join(path, 'level'));
  await db.open();
  await work(db);
  await db.close();
}

journalContract('level', levelUnderTest);
historyContract('level', levelUnderTest);
buildsContract('level', levelUnderTest);
durabilityContract('level', levelUnderTest);

/** The lines of a program of this folder, run in a process of its own. */
async function linesOf(program: string, place: string): Promise<string[]> {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(process.execPath, ['--import=tsx', file, place], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) lines.push(line);
  return lines;
}

describe('the level driver', () => {
  let path: string;
  beforeEach(async () => (path = await mkdtemp(join(tmpdir(), 'gearbridge-store-'))));
  afterEach(() => rm(path, { recursive: true }));

  it('takes writes again when the disk has room again, and can be read meanwhile (rule 2.3)', async () => {
    expect(await linesOf('./full-disk.ts', path)).to.deep.equal([
      'with room: written',
      'without room: refused, transient',
      'still without room: refused, transient',
      'read meanwhile: 1',
      'with room again: written',
      'read at the end: 2',
    ]);
  });

  it('says clearly that another daemon has the store', async () => {
    const journal = await openLevelJournal({ path, manager });
    const error = await refusal(openLevelJournal({ path, manager }));
    expect([error.code, error.retry]).to.deep.equal(['locked', 'permanent']);
    expect(error.message).to.contain(path).and.contain('another process');
    await journal.close();
  });

  it('makes the folder, and says where it cannot', async () => {
    const journal = await openLevelJournal({ path: join(path, 'a', 'b'), manager });
    await journal.close();
    await writeFile(join(path, 'file'), '');
    const error = await refusal(openLevelJournal({ path: join(path, 'file'), manager }));
    expect(error.code).to.equal('unreadable');
    expect(error.message).to.contain(join(path, 'file'));
  });

  it('refuses a store of a newer version with a clear line (rule 9.7)', async () => {
    const { current } = schemaPlan;
    const newer = { current: current + 1, migrations: [] };
    await (await openLevelJournal({ path, manager, schema: newer })).close();
    const error = await refusal(openLevelJournal({ path, manager }));
    expect(error.code).to.equal('schema');
    expect(error.message).to.contain(
      `schema ${current + 1}, and this version knows ${current} at most: start the newer version`,
    );
  });

  it('migrates an older store step by step, and once (rule 9.7)', async () => {
    const older = await openLevelJournal({ path, manager, schema: first });
    await older.write(runRecord(1), open);
    await older.close();
    const steps: number[] = [];
    const step = (from: number) => ({
      from,
      run: async (engine: Engine) => {
        steps.push(from);
        await engine.write(new Map([[`migrated/${from}`, 'yes']]), unseen);
      },
    });
    const plan = { current: 3, migrations: [step(2), step(1)] };
    for (const opening of ['first', 'second']) {
      const journal = await openLevelJournal({ path, manager, schema: plan });
      expect(
        (await journal.open()).map(({ id }) => id),
        opening,
      ).to.deep.equal([runId(1)]);
      await journal.close();
    }
    expect(steps).to.deep.equal([1, 2]);
  });

  it('takes a migration up again where it was cut, and refuses one that has no step (rule 9.7)', async () => {
    await (await openLevelJournal({ path, manager, schema: first })).close();
    let cut = true;
    const migrations = [{ from: 1, run: () => (cut ? Promise.reject(new Error('cut')) : Promise.resolve()) }];
    const [failed] = await Promise.allSettled([
      openLevelJournal({ path, manager, schema: { current: 2, migrations } }),
    ]);
    expect(failed.status).to.equal('rejected');
    cut = false;
    await (await openLevelJournal({ path, manager, schema: { current: 2, migrations } })).close();
    const error = await refusal(openLevelJournal({ path, manager, schema: { current: 4, migrations } }));
    expect(error.message).to.contain('schema 2, from which this version cannot migrate');
  });

  it('reads runs of the first version, whose attempts were votes alone, and leaves a damaged one as it is (rule 9.7)', async () => {
    const place = { ordinal: 1, role: 'vote', counts: 'voting', vacant: true } as const;
    const vote = intend('AMD64 Debian 3.x' as BuilderName, place);
    const later = new Set(['task', 'reading', 'unread']);
    const before = Object.fromEntries(Object.entries(vote).filter(([field]) => !later.has(field)));
    const older = await openLevelJournal({ path, manager, schema: first });
    for (const arrival of [1, 2]) await older.write(runRecord(arrival), open);
    await older.close();
    const run = Object.fromEntries(Object.entries(runRecord(1)).filter(([field]) => field !== 'rulings'));
    const old = seal({ ...run, schema: 1, attempts: [before] });
    await touched(path, async (db) => {
      await db.put(`run/${runId(1)}`, old);
      await db.put(`run/${runId(2)}`, old.replace('gate', 'gatf'));
    });
    const journal = await openLevelJournal({ path, manager });
    expect(await journal.open()).to.deep.equal([{ ...runRecord(1), attempts: [vote] }]);
    expect(journal.broken().map(({ key }) => key)).to.deep.equal([`run/${runId(2)}`]);
    await journal.close();
  });

  it('refuses a database that is not ours, and a damaged stamp', async () => {
    await touched(path, (db) => db.put('a', 'b'));
    expect((await refusal(openLevelJournal({ path, manager }))).code).to.equal('unreadable');
    await touched(path, (db) => db.put('meta/store', 'b'));
    expect((await refusal(openLevelJournal({ path, manager }))).code).to.equal('broken-record');
  });
});
