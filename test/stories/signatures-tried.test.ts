// `signatures test --since`: signatures that are proposed, tried on the logs that a real Buildbot holds of builds that failed and that passed.

import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../until.ts';
import { gearbridge } from './command-line.ts';
import { endOf, summaryOf } from './ending.ts';
import { change } from './gate.ts';
import { benchOne, openScene, type Scene } from './scene.ts';

interface Tried {
  readonly fit: boolean;
  readonly logs: { readonly failed: number; readonly passed: number; readonly why: string | null };
  readonly signatures: readonly {
    readonly id: string;
    readonly replayed: { readonly hits: number; readonly byLogs: number };
    readonly refusals: readonly string[];
  }[];
}

const signature = (match: string): string => `id: FLK-77
title: A reply comes too late
owner: net-team
state: active
created: 2026-11-01
review_by: 2027-11-01
match:
  all:
    - ${match}
verdict: flake
exonerate: { allowed: true, max_rate: 0.05 }
`;

describe('a signature that is proposed', function () {
  this.timeout(120_000);
  let scene: Scene;

  before(async () => {
    scene = await openScene({ gate: { policy: '{ retries: 0, coverage: {} }' } });
    await scene.gate.start();
    await scene.gate.ready();
    for (const [name, scenario, word] of [
      ['fails', 'says test_reply=99', 'FAILURE'],
      ['passes', 'says test_other=0', 'SUCCESS'],
    ] as const) {
      await scene.steer(name, { [benchOne]: scenario });
      const job = await scene.client.submit('build:pair', change(name));
      expect(await endOf(scene.gate, job), summaryOf(job)).to.equal(word);
    }
    // The history is written beside the verdict.
    await until(async () => (await tried('test_id: { glob: "test_reply.*" }')).logs.failed > 0, {
      within: 20_000,
      what: 'the failure in the history',
    });
  });

  after(() => scene.close());

  const tried = async (match: string): Promise<Tried & { readonly code: number | null }> => {
    const path = join(scene.gate.folder, 'FLK-77.yaml');
    await writeFile(path, signature(match));
    const { code, stdout, stderr } = await gearbridge(
      scene.gate,
      ...['signatures', 'test', path, '--since', '90d', '--json'],
    );
    expect(stderr).to.equal('');
    return { ...(JSON.parse(stdout) as Tried), code };
  };
  const refusalsOf = ({ signatures }: Tried) => signatures.flatMap(({ refusals }) => refusals);

  it('is fit where logs of failures hold it, and logs of builds that passed do not', async () => {
    const outcome = await tried('log: { regex: "AssertionError: test_reply: no reply in time" }');
    expect(outcome).to.include({ code: 0, fit: true });
    expect(outcome.logs.why).to.equal(null);
    expect(outcome.logs.passed).to.be.greaterThan(0);
    expect(outcome.signatures[0]?.replayed.hits).to.be.greaterThan(0);
    expect(outcome.signatures[0]?.replayed.byLogs).to.be.greaterThan(0);
  });

  it('is refused where builds that passed print it as well', async () => {
    const outcome = await tried('log: { regex: "Run tests sequentially", within: step }');
    expect(outcome).to.include({ code: 1, fit: false });
    expect(refusalsOf(outcome).join()).to.match(/stands in the logs of \d+ of \d+ builds that passed/);
  });

  it('is refused where no failure shows it, and where it must be tried on every line', async () => {
    const outcome = await tried(String.raw`log: { regex: '^\d+\s+[x-z]+\d' }`);
    expect(outcome).to.include({ code: 1, fit: false });
    expect(refusalsOf(outcome).join()).to.match(/it matches none of \d+ failures.*it is too slow/);
  });
});
