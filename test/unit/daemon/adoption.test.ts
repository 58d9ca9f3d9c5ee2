import { expect } from 'chai';
import type { Master } from '../../../src/buildbot/master.ts';
import { carryToBuildbot } from '../../../src/daemon/carry-buildbot.ts';
import { createKnowledge } from '../../../src/daemon/knowledge.ts';
import { createRegister } from '../../../src/daemon/register.ts';
import { createSweeper } from '../../../src/daemon/sweeper.ts';
import { intend } from '../../../src/gate/attempt.ts';
import type { BuildsetFacts } from '../../../src/gate/facts.ts';
import type { BuildsetId, EffectId, RequestId, RunId } from '../../../src/gate/ids.ts';
import { markerOf } from '../../../src/gate/marker.ts';
import type { Run } from '../../../src/gate/run.ts';
import { createLog } from '../../../src/observe/log.ts';
import { aRun, keyHash, linux, minute, windows } from '../gate/a-run.ts';

const manager = 'gate.test';
const lostRun = 'feedfeedfeedfeed' as RunId;
const marker = markerOf({
  manager,
  run: lostRun,
  ordinal: 1,
  role: 'vote',
  key: keyHash,
  nonce: '0badcafe',
});
const adopted = 71 as RequestId;
const free = 72 as RequestId;

const buildset: BuildsetFacts = {
  id: 7 as BuildsetId,
  marker,
  complete: false,
  requests: [
    { id: adopted, builder: linux, complete: false, claimed: true },
    { id: free, builder: windows, complete: false, claimed: false },
  ],
};

/** A master on which one force call of a run that nobody knows any more has left two requests. */
function aMaster(wish: Partial<Master> = {}): { readonly master: Master; readonly cancelled: RequestId[] } {
  const cancelled: RequestId[] = [];
  const refuse = (): never => {
    throw new Error('nothing else is asked of the master here');
  };
  const master: Master = {
    check: refuse,
    fleet: refuse,
    force: refuse,
    newestBuildset: refuse,
    buildsets: () => Promise.resolve([buildset]),
    requests: refuse,
    build: refuse,
    failedSteps: refuse,
    logs: refuse,
    logPages: refuse,
    nextLines: refuse,
    listenToLog: refuse,
    buildProperty: refuse,
    builds: refuse,
    newestBuild: refuse,
    firstBuildSince: refuse,
    unclaimed: refuse,
    buildsOf: refuse,
    raise: refuse,
    cancel(request) {
      cancelled.push(request);
      return Promise.resolve('asked');
    },
    stop: refuse,
    watch: refuse,
    watching: () => false,
    close: refuse,
    ...wish,
  };
  return { master, cancelled };
}

/** A run that has adopted one of the two. */
function adopter(): Run {
  const place = { ordinal: 1, role: 'vote', counts: 'voting', vacant: true } as const;
  const attempt = { ...intend(linux, place), state: 'running', claimed: true, request: adopted } as const;
  return { ...aRun(), attempts: [{ ...attempt, buildset: buildset.id, marker: marker }] };
}

describe('requests of a run that was lost with the journal', () => {
  it('are left alone by the sweep once a run has adopted them, however old they are (rule 4.3)', async () => {
    const { master, cancelled } = aMaster();
    const register = createRegister();
    register.put(adopter());
    const asked: RequestId[] = [];
    let now = 0;
    const sweep = createSweeper({
      master,
      register,
      knowledge: createKnowledge(() => 0),
      manager,
      findRun: () => Promise.resolve(null),
      isElsewhere: () => false,
      grabbing: () => true,
      look: () => undefined,
      duplicates: () => undefined,
      cancelling: (request) => asked.push(request),
      mono: () => now,
      log: await createLog({ level: 'silent' }),
    });
    await sweep();
    now = 11 * minute;
    await sweep();
    expect(cancelled).to.deep.equal([free]);
    expect(asked).to.deep.equal([free]);
  });

  it('are adopted once: what a run in memory has, or what we asked to cancel, stays as it is (rule 4.4)', async () => {
    const { master } = aMaster();
    const parts = {
      master,
      knowledge: createKnowledge(() => 0),
      manager,
      findRun: () => Promise.resolve(null),
      isTaken: (request: RequestId) => request === adopted,
      read: () => Promise.reject(new Error('nothing is read here')),
      changedFiles: () => Promise.resolve(null),
    };
    const effect = { id: 1 as EffectId, kind: 'adopt', keyHash, within: minute } as const;
    const event = await carryToBuildbot(parts, aRun(), effect);
    expect(event).to.deep.include({
      kind: 'adoption',
      found: [{ builder: windows, marker, buildset: buildset.id, request: free }],
    });
  });
});

describe('the search for an unclear sending', () => {
  async function searchedAfter(newest: number): Promise<number | undefined> {
    let after: number | undefined;
    const { master } = aMaster({
      newestBuildset: () => Promise.resolve(newest as BuildsetId),
      buildsets(query) {
        after = query.after;
        return Promise.resolve([]);
      },
    });
    const parts = {
      master,
      knowledge: createKnowledge(() => 0),
      manager,
      findRun: () => Promise.resolve(null),
      isTaken: () => false,
      read: () => Promise.reject(new Error('nothing is read here')),
      changedFiles: () => Promise.resolve(null),
    };
    const effect = {
      id: 1 as EffectId,
      kind: 'search',
      marker,
      after: 40 as BuildsetId,
      within: minute,
    } as const;
    await carryToBuildbot(parts, aRun(), effect);
    return after;
  }

  it('begins behind the newest buildset seen before it, and at the first on a master that counts anew (rule 4.2)', async () => {
    expect([await searchedAfter(41), await searchedAfter(40), await searchedAfter(3)]).to.deep.equal([
      40,
      40,
      undefined,
    ]);
  });
});
