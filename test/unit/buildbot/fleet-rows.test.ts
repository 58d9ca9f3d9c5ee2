import { expect } from 'chai';
import { clientOf, json, refusal, startLyingMaster } from './lying-master.ts';
import type { Client, LyingMaster } from './lying-master.ts';

const builder = (builderid: number, name: string, more: object = {}): object => ({
  builderid,
  name,
  tags: ['3.x'],
  masterids: [1],
  ...more,
});
const worker = (name: string, on: readonly number[], more: object = {}): object => ({
  name,
  configured_on: on.map((builderid) => ({ builderid, masterid: 1 })),
  connected_to: [{ masterid: 1 }],
  paused: false,
  graceful: false,
  ...more,
});

describe('the fleet of a master', () => {
  let liar: LyingMaster;
  let client: Client;
  let builders: object[];
  let workers: object[];
  let now: number;
  beforeEach(async () => {
    now = 0;
    builders = [builder(1, 'Docs 3.x'), builder(2, 'Windows')];
    workers = [worker('debian', [1, 1]), worker('win', [2, 1], { connected_to: [], paused: true })];
    liar = await startLyingMaster((seen, response) => {
      json(response, seen.url.includes('/workers') ? { workers } : { builders });
    });
    const clock = {
      now: () => now,
      after: (ms: number, task: () => void) => {
        const timer = setTimeout(task, ms);
        return () => clearTimeout(timer);
      },
      random: () => 0.5,
    };
    client = clientOf(liar.url, { clock });
  });
  afterEach(async () => {
    await client.master.close();
    await liar.close();
  });

  it('is builders with their workers, in two calls', async () => {
    expect(await client.master.fleet()).to.deep.equal([
      {
        id: 1,
        name: 'Docs 3.x',
        tags: ['3.x'],
        workers: [
          { name: 'debian', connected: true, paused: false, graceful: false },
          { name: 'win', connected: false, paused: true, graceful: false },
        ],
      },
      {
        id: 2,
        name: 'Windows',
        tags: ['3.x'],
        workers: [{ name: 'win', connected: false, paused: true, graceful: false }],
      },
    ]);
    expect(liar.seen).to.have.length(2);
  });

  it('leaves out builders that no master has in its configuration any more', async () => {
    builders.push(builder(3, 'Old 3.9', { masterids: [] }));
    expect((await client.master.fleet()).map(({ name }) => name)).to.deep.equal(['Docs 3.x', 'Windows']);
  });

  it('is not given while a starting or stopping master shows half of it', async () => {
    workers = [worker('debian', [1]), worker('win', [])];
    const error = await refusal(client.master.fleet());
    expect(error.retry).to.equal('transient');
    expect(error.message).to.include('starting or stopping');
    builders = builders.map((row) => ({ ...row, masterids: [] }));
    expect((await refusal(client.master.fleet())).message).to.include('starting or stopping');
  });

  it('is given as it is when it stays so', async () => {
    workers = [worker('debian', [1])];
    await refusal(client.master.fleet());
    now = 31_000;
    expect((await client.master.fleet()).map(({ workers: own }) => own.length)).to.deep.equal([1, 0]);
  });

  it('may be empty on an empty master', async () => {
    builders = [];
    workers = [];
    expect(await client.master.fleet()).to.deep.equal([]);
  });

  const wrong: readonly (readonly [string, () => void])[] = [
    ['tags', () => (builders = [builder(1, 'a', { tags: [1] })])],
    ['name', () => (builders = [builder(1, 'a', { name: null })])],
    ['builderid', () => (builders = [builder(1, 'a', { builderid: '1' })])],
    ['masterids', () => (builders = [builder(1, 'a', { masterids: 1 })])],
    ['paused', () => (workers = [worker('w', [1], { paused: undefined })])],
    ['connected_to', () => (workers = [worker('w', [1], { connected_to: true })])],
  ];
  for (const [field, spoil] of wrong) {
    it(`is refused when ${field} is not what it should be`, async () => {
      spoil();
      expect((await refusal(client.master.fleet())).message).to.include(`no usable ${field}`);
    });
  }
});
