import { expect } from 'chai';
import { openRequests } from '../../../src/daemon/watcher.ts';
import { intend, type Attempt } from '../../../src/gate/attempt.ts';
import type { RequestId } from '../../../src/gate/ids.ts';
import { aRun, linux } from '../gate/a-run.ts';

const request = 7 as RequestId;

function asked(wish: Partial<Attempt>): readonly RequestId[] {
  const place = { ordinal: 1, role: 'vote', counts: 'voting', vacant: true } as const;
  const attempt = { ...intend(linux, place), state: 'queued', request, ...wish } as const;
  return openRequests({ ...aRun(), attempts: [attempt] });
}

describe('the requests that are asked for again and again', () => {
  it('are those that are not complete, also under an attempt that has ended', () => {
    expect(asked({})).to.deep.equal([request]);
    expect(asked({ state: 'ended' })).to.deep.equal([request]);
    expect(asked({ request: null, state: 'intended' })).to.deep.equal([]);
  });

  it('are also those that an event alone called complete, for its look may never have come (rule 5.5)', () => {
    expect(asked({ complete: true })).to.deep.equal([request]);
    expect(asked({ complete: true, requestResults: 6 })).to.deep.equal([]);
    expect(asked({ complete: true, state: 'ended' })).to.deep.equal([]);
  });
});
