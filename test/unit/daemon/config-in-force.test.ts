import { expect } from 'chai';
import type { Config } from '../../../src/config/config.ts';
import { load } from '../../../src/config/load.ts';
import { createConfigInForce, type ConfigInForce } from '../../../src/daemon/config-in-force.ts';
import type { Log } from '../../../src/observe/log.ts';
import { folder, good, type Folder } from '../config/sample.ts';

describe('the configuration in force', () => {
  let place: Folder;
  let told: string[];
  let changed: number;
  let inForce: ConfigInForce;
  let text: string;
  const note = (fields: { readonly why?: string }): void => void told.push(fields.why ?? '');
  const log: Log = { debug: note, info: note, warn: note, error: note, child: () => log };

  beforeEach(async () => {
    place = await folder();
    told = [];
    changed = 0;
    text = good;
    const first = await place.load(good);
    if (first.kind === 'refused') throw new Error('the sample does not load');
    inForce = createConfigInForce({
      initial: first.config,
      load: () => place.load(text),
      changed: () => void (changed += 1),
      wall: () => 5_000,
      log,
    });
  });
  afterEach(() => place.dispose());

  it('is replaced by what the file says now, and the log names each key', async () => {
    text = good.replace('policies:', 'max_jobs: 7\npolicies:');
    const result = await inForce.reload();
    expect(result).to.deep.include({ kind: 'ok' });
    expect(inForce.get().maxJobs).to.equal(7);
    expect(told).to.include('max_jobs: 1 -> 7');
    expect(changed).to.equal(1);
  });

  it('stays as it is where the file is wrong, and says since when and why until a reload succeeds', async () => {
    const before = inForce.get();
    text = good.replace('manager:', 'manger:');
    const result = await inForce.reload();
    expect(result.kind === 'refused' && result.findings.join()).to.include('manger: unknown key');
    expect(inForce.get()).to.equal(before);
    expect(inForce.refused()?.at).to.equal(5_000);
    expect(inForce.refused()?.why).to.include('manger');
    expect(changed).to.equal(0);
    text = good;
    await inForce.reload();
    expect(inForce.refused()).to.equal(null);
  });

  it('keeps what needs a restart, and says so', async () => {
    text = good.replace('8010', '8011');
    await inForce.reload();
    expect(inForce.get().buildbot.url).to.include('8010');
    expect(told.join('\n')).to.include('not taken: needs a restart');
  });

  it('is compared without being replaced', async () => {
    text = good.replace('policies:', 'max_jobs: 7\npolicies:');
    const result = await inForce.compare();
    expect(result.kind === 'ok' && result.changes.map(({ key }) => key)).to.deep.equal(['max_jobs']);
    expect(inForce.get().maxJobs).to.equal(1);
  });

  it('takes reloads one after the other, in their order, and goes on after one that failed', async () => {
    const first = await load(`${place.path}/gearbridge.yaml`);
    if (first.kind === 'refused') throw new Error('the sample does not load');
    const numbered = (maxJobs: number): Config => ({ ...first.config, maxJobs });
    const loads = [
      async () => Promise.reject(new Error('the disk is gone')),
      () => new Promise<Config>((resolve) => setImmediate(() => resolve(numbered(2)))),
      async () => numbered(3),
    ];
    const slow = createConfigInForce({
      initial: first.config,
      load: async () => ({ kind: 'loaded', config: await loads.shift()!(), findings: [] }),
      changed: () => void (changed += 1),
      wall: () => 0,
      log,
    });
    const [failed] = await Promise.allSettled([slow.reload(), slow.reload(), slow.reload()]);
    expect(failed.status).to.equal('rejected');
    expect(slow.get().maxJobs).to.equal(3);
    expect(changed).to.equal(2);
  });
});
