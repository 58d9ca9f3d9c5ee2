// One slot, two servers (RUNS.md 2.5).

import { expect } from 'chai';
import { createGrabs } from '../../../src/daemon/grabs.ts';
import type { ConnectionId } from '../../../src/gate/ids.ts';
import { until } from '../../until.ts';

const at = (name: string) => ({
  connection: name as ConnectionId,
  server: name,
  serverKind: 'gearmand' as const,
});

describe('grabs at several servers', () => {
  it('share the last slot: the second server is not asked while the first has not answered (rule 2.5)', () => {
    const grabs = createGrabs(
      () => 0,
      () => undefined,
    );
    const oneSlot = (elsewhere: number): boolean => elsewhere < 1;

    expect(grabs.ask(at('a'), oneSlot)).to.equal(true);
    expect(grabs.ask(at('b'), oneSlot)).to.equal(false);
    grabs.ended(at('a').connection);
    expect(grabs.ask(at('b'), oneSlot)).to.equal(true);
  });

  it('do not count their own, nor one that was answered long ago without a word', () => {
    let now = 0;
    const grabs = createGrabs(
      () => now,
      () => undefined,
    );
    const oneSlot = (elsewhere: number): boolean => elsewhere < 1;

    expect(grabs.ask(at('a'), oneSlot)).to.equal(true);
    expect(grabs.ask(at('a'), oneSlot)).to.equal(true);
    now = 300;
    expect(grabs.ask(at('b'), oneSlot)).to.equal(true);
  });

  it('wake who was refused for a grab elsewhere, for that may bring nothing', async () => {
    let woken = 0;
    const grabs = createGrabs(
      () => 0,
      () => (woken += 1),
    );
    grabs.ask(at('a'), () => true);
    grabs.ask(at('b'), () => false);
    grabs.ask(at('b'), () => false);

    await until(() => woken > 0, { within: 2_000, what: 'the refused one to be woken' });
    expect(woken).to.equal(1);
  });
});
