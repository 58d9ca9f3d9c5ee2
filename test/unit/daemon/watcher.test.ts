import { expect } from 'chai';
import type { Master } from '../../../src/buildbot/master.ts';
import { createKnowledge } from '../../../src/daemon/knowledge.ts';
import { createRegister } from '../../../src/daemon/register.ts';
import { createWatcher, openRequests } from '../../../src/daemon/watcher.ts';
import { intend, type Attempt } from '../../../src/gate/attempt.ts';
import type { BuildFacts } from '../../../src/gate/facts.ts';
import type { BuildId, RequestId } from '../../../src/gate/ids.ts';
import { until } from '../../until.ts';
import { aBuild, aRun, ids, linux } from '../gate/a-run.ts';

const request = 7 as RequestId;
const another = 8 as RequestId;

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

describe('the end of a build and of its request', () => {
  function watched(endsIt: boolean, earlier: readonly BuildFacts[] = []) {
    const calls: string[] = [];
    const told: (number | undefined)[] = [];
    let answer: () => void = () => undefined;
    const register = createRegister();
    const place = { ordinal: 1, role: 'vote', counts: 'voting', vacant: true } as const;
    const attempt: Attempt = { ...intend(linux, place), state: 'queued', request };
    register.put({ ...aRun(), attempts: [attempt] });
    const master = {
      buildsOf: () => Promise.resolve(earlier),
      build: () => {
        calls.push('build');
        return new Promise((resolve) => {
          answer = () => resolve({});
        });
      },
      requests: (ids: readonly RequestId[]) => {
        calls.push(`requests ${ids.join(' ')}`);
        return Promise.resolve([]);
      },
    } as never as Master;
    const watcher = createWatcher({
      master,
      register,
      knowledge: createKnowledge(() => 0),
      fleetChanged: () => undefined,
      log: {} as never,
      happen(_run, event) {
        if (event.kind === 'build-seen') told.push(event.build.id);
        if (event.kind === 'build-seen' && endsIt)
          register.put({ ...aRun(), attempts: [{ ...attempt, state: 'ended' }] });
        calls.push(event.kind);
      },
    });
    const build = { kind: 'build', build: 9 as BuildId, request, finished: true } as const;
    watcher.hint({ ...build, grew: false, seen: null, step: null });
    return { watcher, calls, told, answer: () => answer() };
  }

  async function bothEnds(endsIt: boolean): Promise<readonly string[]> {
    const { watcher, calls, answer } = watched(endsIt);
    await until(() => calls.includes('build'), { within: 2000, what: 'the look at the build' });
    watcher.hint({ kind: 'request', request, buildset: null, complete: true });
    answer();
    await until(() => calls.includes('build-seen'), { within: 2000, what: 'what the build said' });
    // Another request's look shows that the pause for which events are gathered is over.
    watcher.look([another]);
    const looked = (): boolean => calls.some((call) => call.endsWith(String(another)));
    await until(looked, { within: 2000, what: 'the look that was asked for' });
    watcher.close();
    return calls.filter((call) => call !== 'build-seen' && call !== 'request-completed');
  }

  it('are read together, by one look at the build where that says all', async () => {
    expect(await bothEnds(true)).to.deep.equal(['build', `requests ${another}`]);
  });

  it('are read apart where the build alone does not end the attempt', async () => {
    expect(await bothEnds(false)).to.deep.equal(['build', `requests ${request} ${another}`]);
  });

  it('come after the builds before it, of which no event may have told (rule 5.3)', async () => {
    const retried = aBuild({ id: ids.build(8), results: 5 });
    const later = aBuild({ id: ids.build(10) });
    const { watcher, calls, told, answer } = watched(true, [retried, later]);
    await until(() => calls.includes('build'), { within: 2000, what: 'the look at the build' });
    answer();
    await until(() => told.length === 2, { within: 2000, what: 'what the builds said' });
    watcher.close();
    expect(told[0]).to.equal(retried.id);
  });
});
