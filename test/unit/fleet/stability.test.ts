import { expect } from 'chai';
import fc from 'fast-check';
import type { Builder, BuilderName, WorkerName } from '../../../src/fleet/fleet.ts';
import { standing } from '../../../src/fleet/stability.ts';

function builder(...workers: string[]): Builder {
  return {
    id: 1,
    name: 'b' as BuilderName,
    tags: [],
    workers: workers.map((name) => ({
      name: name as WorkerName,
      connected: false,
      paused: false,
      graceful: false,
    })),
  };
}
const lists = { stable: ['debian-*', 'windows'], unstable: ['*-rawhide'] };

describe('standing of a builder', () => {
  it('is voting when every worker is stable, connected or not (rule 3.2)', () => {
    expect(standing(builder('debian-1', 'windows'), lists)).to.deep.equal({ counts: 'voting' });
  });

  it('is advisory without a worker (rule 3.2)', () => {
    expect(standing(builder(), { stable: ['*'], unstable: [] })).to.deep.equal({
      counts: 'advisory',
      because: 'no-worker',
      worker: null,
    });
  });

  it('is advisory when one worker among stable ones is not listed (rule 3.2)', () => {
    expect(standing(builder('debian-1', 'freebsd'), lists)).to.deep.equal({
      counts: 'advisory',
      because: 'not-stable',
      worker: 'freebsd',
    });
  });

  it('is advisory when a worker is in both lists, for unstable wins (rule 3.2)', () => {
    expect(standing(builder('debian-rawhide'), lists)).to.deep.equal({
      counts: 'advisory',
      because: 'unstable',
      worker: 'debian-rawhide',
    });
  });

  it('is never voting when nothing is stable (rule 3.2)', () => {
    expect(standing(builder('debian-1'), { stable: [], unstable: [] }).counts).to.equal('advisory');
  });

  it('is voting exactly if it has workers, all stable and none unstable (rule 3.2)', () => {
    const names = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 });
    fc.assert(
      fc.property(names, names, names, (workers, stable, unstable) => {
        const good = workers.filter((name) => stable.includes(name) && !unstable.includes(name));
        const votes = workers.length > 0 && good.length === workers.length;
        expect(standing(builder(...workers), { stable, unstable }).counts).to.equal(
          votes ? 'voting' : 'advisory',
        );
      }),
    );
  });
});
