// What the kept builds show by themselves, over a real store.

import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFindings, type FindingsWatch } from '../../../src/daemon/findings.ts';
import { findingsView } from '../../../src/daemon/findings-view.ts';
import type { Signature } from '../../../src/flakes/signature/signature.ts';
import type { BuilderName, WorkerName } from '../../../src/fleet/fleet.ts';
import type { LogFields } from '../../../src/observe/log.ts';
import { openLevelJournal } from '../../../src/store/level/open-level-journal.ts';
import type { Store } from '../../../src/store/store.ts';
import { build, day, failure } from '../../contract/store/build-sample.ts';
import { aSignature, fact } from '../flakes/signature/a-signature.ts';

describe('the findings over a store', () => {
  let path: string;
  let store: Store;
  let told: { readonly sentence: string; readonly fields: LogFields }[];
  let now: number;
  let signatures: readonly Signature[];

  const watch = (): FindingsWatch => {
    const tell = (fields: LogFields, sentence: string): void => void told.push({ sentence, fields });
    const log = { debug: tell, info: tell, warn: tell, error: tell, child: () => log };
    return createFindings({
      history: store.history,
      lists: () => ({ stable: ['*'], unstable: [] }),
      signatures: () => signatures,
      pause: () => Promise.resolve(),
      stopping: () => false,
      now: () => now,
      log,
    });
  };

  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'gearbridge-findings-'));
    store = await openLevelJournal({ path, manager: 'gate.example.org' });
    [told, now, signatures] = [[], 100 * day, []];
  });
  afterEach(async () => {
    await store.close();
    await rm(path, { recursive: true });
  });

  /** Thirty commits on each of four workers of one platform; the first has no space on the newest six. */
  const sick = Array.from({ length: 120 }, (_, nth) => {
    const [worker, commit] = [nth % 4, Math.floor(nth / 4)];
    const full = failure({ kind: 'disk-full', testId: null, excuseKey: null, message: 'no space\u001b[2J' });
    return build(nth + 1, 100 * day - 3_600_000 - commit * 5_000_000, {
      revision: `c${commit}`,
      builder: `builder ${worker}` as BuilderName,
      worker: `w${worker}\u001b` as WorkerName,
      failures: worker === 0 && commit < 6 ? [full] : [],
    });
  });

  it('blame a worker once in the log, and show it without control characters', async () => {
    await store.history.recordBuilds(sick);
    const findings = watch();
    expect(findings.get()).to.equal(null);
    await findings.tick();
    now += 4_000_000;
    await findings.tick();

    const shown = findingsView(findings.get(), { branch: null, worker: null });
    expect(shown).to.deep.include({ votes: 120, complete: true });
    expect(shown?.workers[0]).to.deep.include({ worker: 'w0\\x1b', platform: 'linux', blame: 'blamed' });
    expect(shown?.proposals.map(({ to }) => to)).to.deep.equal(['unstable']);
    expect(findingsView(findings.get(), { branch: null, worker: 'w1\u001b' })?.workers).to.deep.equal([]);
    expect(told.map(({ sentence }) => sentence)).to.deep.equal([
      'a worker fails far more often than its siblings',
    ]);
  });

  it('know how often the tests of each builder fail, once twenty are known', async () => {
    const many = (nth: number) =>
      Array.from({ length: 25 }, (_, test) =>
        failure({ excuseKey: test % 5 === nth % 5 ? `k${test}` : null }),
      );
    const builds = Array.from({ length: 10 }, (_, nth) =>
      build(nth + 1, 99 * day + nth * 1_000, { failures: many(nth) }),
    );
    await store.history.recordBuilds([...builds, build(90, 99 * day, { builder: 'idle' as BuilderName })]);
    const findings = watch();
    await findings.tick();
    const rate = (builder: string): number => {
      const { alpha, beta } = findings.get()!.priors.get(builder)!;
      return alpha / (alpha + beta);
    };
    // Each of 25 tests failed twice in ten runs; on the other builder the start holds.
    expect(rate(builds[0]!.builder)).to.be.closeTo(0.2, 1e-9);
    expect(rate('idle')).to.be.closeTo(0.3 / 30.3, 1e-9);
  });

  it('take neither builds of the gate nor builds that were forced for evidence', async () => {
    const gate = sick.map((one) => ({ ...one, source: 'gate', role: 'vote' }) as const);
    const forced = sick.map((one) => ({ ...one, id: one.id + 500, source: 'other' }) as const);
    await store.history.recordBuilds([...gate, ...forced]);
    const findings = watch();
    await findings.tick();
    expect(findings.get()).to.deep.include({ votes: 0, blames: [], proposals: [] });
  });

  it('look again when builds have come, after five minutes, and after an hour in any case', async () => {
    const findings = watch();
    const at = async (moment: number): Promise<number | undefined> => {
      now = moment;
      await findings.tick();
      return findings.get()?.at;
    };
    const first = now;
    expect(await at(first)).to.equal(first);
    await store.history.recordBuilds(sick.slice(0, 4));
    expect(await at(first + 200_000)).to.equal(first);
    expect(await at(first + 300_000)).to.equal(first + 300_000);
    expect(await at(first + 700_000)).to.equal(first + 300_000);
    expect(await at(first + 3_900_000)).to.equal(first + 3_900_000);
  });

  it('open a regression when a resolved bug is back, tell it once over restarts, and call it quiet in the end', async () => {
    const at = new Date(now - 3 * day).toISOString();
    signatures = [aSignature(fact('kind', 'timeout'), { state: 'resolved', resolved: { at, commit: null } })];
    await store.history.recordBuilds([build(1, now - day, { failures: [failure({ signature: 'FLK-1' })] })]);
    await watch().tick();
    await watch().tick();
    const open = watch();
    await open.tick();
    expect(told.map(({ sentence, fields }) => `${sentence}: ${fields.word ?? ''}`)).to.deep.equal([
      'a regression has come up: FLK-1',
    ]);
    const seen = findingsView(open.get(), { branch: 'main', worker: null })?.regressions[0];
    expect(seen).to.deep.include({ kind: 'fix-undone', name: 'FLK-1', open: true });
    expect(findingsView(open.get(), { branch: '3.13', worker: null })?.regressions).to.deep.equal([]);

    signatures = [];
    now += 3_600_000;
    await open.tick();
    expect(findingsView(open.get(), { branch: null, worker: null })?.regressions[0]?.open).to.equal(false);
    now += 15 * day;
    await open.tick();
    expect(open.get()?.incidents).to.deep.equal([]);
  });
});
