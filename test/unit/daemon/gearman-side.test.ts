// What a job that was handed out does to the gate on GRAB.

import { expect } from 'chai';
import { createGearmanSide } from '../../../src/daemon/gearman-side.ts';
import { createGrabGate } from '../../../src/daemon/grab-gate.ts';
import { createKnowledge } from '../../../src/daemon/knowledge.ts';
import { createRegister } from '../../../src/daemon/register.ts';
import type { BuildsetId } from '../../../src/gate/ids.ts';
import type { Assignment, Gearman } from '../../../src/gearman/gearman.ts';
import { until } from '../../until.ts';
import { aBinding, aJob, aRun, ids } from '../gate/a-run.ts';

function readyKnowledge() {
  const knowledge = createKnowledge(() => 0);
  knowledge.up();
  knowledge.checked([]);
  knowledge.fleet([]);
  knowledge.buildset(1 as BuildsetId);
  return knowledge;
}

/** A gate with two slots; the first job comes in, and is written when `keep` is called. */
function afterOneJob(stopsHold = false) {
  const register = createRegister();
  const knowledge = readyKnowledge();
  const connection = {
    connection: ids.connection('c1'),
    server: '127.0.0.1:4730',
    serverKind: 'gearmand',
  } as const;
  const gate = createGrabGate({
    register,
    elsewhere: createRegister(),
    knowledge: () => knowledge.get(),
    maxJobs: () => 2,
    draining: () => false,
    pressure: () => null,
    storeTakes: () => true,
    oursWaits: () => false,
  });
  const seen = { gate: gate.state(connection), mayGrab: false, woken: 0, keep: (): void => undefined };
  const gearman = {
    wake() {
      seen.woken += 1;
      seen.gate = gate.state(connection);
      seen.mayGrab = side.mayGrab(connection);
    },
  } as Gearman;
  const run = aRun({ id: 'a', arrival: 1, job: aJob('a', { bindings: [aBinding()] }) });
  const nothing = (): void => undefined;
  const written = (): Promise<void> =>
    new Promise((resolve) => {
      seen.keep = resolve;
    });
  const side = createGearmanSide({
    engine: { happen: nothing, written } as never,
    register,
    elsewhere: createRegister(),
    abroad: {} as never,
    tell: () => Promise.resolve(),
    journal: { byNumber: () => Promise.resolve(null) },
    gate,
    gearman: () => gearman,
    takeIn() {
      register.put(run);
      return Promise.resolve({ run: run.id, number: run.jobs[0]?.number ?? ids.number('a') });
    },
    connectionChanged: nothing,
    lostHandles: nothing,
    doubted: nothing,
    grabbed: nothing,
    stopsFirst: { begin: () => nothing, holds: () => stopsHold, over: () => Promise.resolve() },
    log: {} as never,
  });
  const job: Assignment = {
    ...connection,
    handle: aBinding().handle,
    function: 'build:gate',
    unique: 'a',
    payload: Buffer.from('{}'),
  };
  side.assigned(job);
  return seen;
}

describe('a job that was handed out', () => {
  it('takes one slot, not two, while it is being written, and the next is asked for at once (rule 2.5)', async () => {
    const seen = afterOneJob();

    await until(() => seen.woken > 0, { within: 1_000, what: 'the build connections to be woken' });
    seen.keep();
    expect(seen.gate.inLine + seen.gate.onTheWay).to.equal(1);
    expect(seen.mayGrab).to.equal(true);
  });

  it('is the last that is asked for while stops are answered (rule 8.1)', async () => {
    const seen = afterOneJob(true);
    await until(() => seen.woken > 0, { within: 1_000, what: 'the build connections to be woken' });
    expect(seen.mayGrab).to.equal(false);
  });
});
