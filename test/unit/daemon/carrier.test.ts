import { expect } from 'chai';
import { createCarrier, type CarrierParts } from '../../../src/daemon/carrier.ts';
import type { Effect } from '../../../src/gate/effect.ts';
import type { RunEvent } from '../../../src/gate/event.ts';
import type { Run } from '../../../src/gate/run.ts';
import { createLog } from '../../../src/observe/log.ts';
import { aPlanned, aRun, Course } from '../gate/a-run.ts';

/** A run with a force call to carry out. */
function forcing(): { readonly run: Run; readonly effect: Effect } {
  const { run } = new Course(aRun()).start([aPlanned('linux')]).adopt();
  const effect = run.effects.find(({ kind }) => kind === 'force');
  if (effect === undefined) throw new Error('nothing is to be forced');
  return { run, effect };
}

/** What comes of it, and how often Buildbot was asked. */
async function carried(
  mayForce: CarrierParts['mayForce'],
  outcome: object = { kind: 'refused', why: 'no' },
  mayCall: CarrierParts['mayCall'] = () => Promise.resolve(),
): Promise<{ event: RunEvent; asked: number; away: number }> {
  const { run, effect } = forcing();
  let [asked, away] = [0, 0];
  const master = {
    force: () => {
      asked += 1;
      return Promise.resolve(outcome);
    },
  };
  const knowledge = { away: () => (away += 1) };
  const log = await createLog({ level: 'silent' });
  const event = await new Promise<RunEvent>((resolve) => {
    createCarrier({
      buildbot: { master, knowledge } as never,
      gearman: () => ({}) as never,
      firstData: () => ({}),
      finalData: () => ({}),
      happen: (_, each) => {
        resolve(each);
      },
      mayForce,
      mayCall,
      log,
      checkpoint: () => undefined,
    })(run, effect);
  });
  return { event, asked, away };
}

describe('a force call', () => {
  it('is sent when the store says that the run is still ours', async () => {
    const { event, asked } = await carried(() => Promise.resolve(true));
    expect([event.kind, asked]).to.deep.equal(['force-result', 1]);
  });

  it('waits until answers to stops have gone (rule 8.1)', async () => {
    let over = (): void => undefined;
    let begun = 0;
    const stops = new Promise<void>((resolve) => (over = resolve));
    const mayForce = () => {
      begun += 1;
      return Promise.resolve(true);
    };
    const carrying = carried(mayForce, { kind: 'refused', why: 'no' }, () => stops);
    await new Promise((resolve) => setImmediate(resolve));
    expect(begun).to.equal(0);
    over();
    expect((await carrying).asked).to.equal(1);
  });

  it('that found no place among our own calls does not say that Buildbot is away', async () => {
    const busy = { kind: 'not-sent', why: 'too many calls wait', busy: true };
    const both = await Promise.all([
      carried(() => Promise.resolve(true), busy),
      carried(() => Promise.resolve(true), { ...busy, busy: undefined }),
    ]);
    expect(both.map(({ away }) => away)).to.deep.equal([0, 1]);
    for (const { event } of both) expect(event).to.have.nested.property('result.kind', 'not-sent');
  });

  it('is not sent where another instance has the run, or the store cannot say whose it is (rule 9.9)', async () => {
    const both = await Promise.all([
      carried(() => Promise.resolve(false)),
      carried(() => Promise.reject(new Error('Redis is away'))),
    ]);
    for (const { event, asked } of both) {
      expect(asked).to.equal(0);
      expect(event).to.have.nested.property('result.kind', 'not-sent');
    }
  });
});
