import { expect } from 'chai';
import { handOver } from '../../../src/daemon/lost-run.ts';
import { rebindings } from '../../../src/daemon/rebind.ts';
import type { Run } from '../../../src/gate/run.ts';
import type { Box, InstanceId } from '../../../src/store/sharing.ts';
import { aBinding, aJob, aRun, ids } from '../gate/a-run.ts';

const ours = ids.connection('s/1');
const theirs = ids.connection('s/2');
const other = 'bbbbbbbb' as InstanceId;

describe('bindings of ours on a run of another instance', () => {
  const told = (run: Run) => rebindings([run], new Set([ours])).map(({ event }) => event.binding);

  it('are told again where they were given up and our connection stands (rule 9.9)', () => {
    const lost = aBinding({ connection: ours, state: 'void', announced: true });
    const bindings = [lost, aBinding({ connection: theirs, state: 'void' })];
    expect(told(aRun({ job: aJob('a', { bindings }) }))).to.deep.equal([
      { ...lost, state: 'live', announced: false },
    ]);
  });

  it('are left alone where they live, live again, were answered, or the client has left', () => {
    const lost = aBinding({ connection: ours, state: 'void' });
    const bindings = [
      [aBinding({ connection: ours })],
      [lost, { ...lost, state: 'live' as const }],
      [aBinding({ connection: ours, state: 'void', answered: true })],
      [aBinding({ connection: ours, state: 'left' })],
    ];
    for (const each of bindings) expect(told(aRun({ job: aJob('a', { bindings: each }) }))).to.deep.equal([]);
    expect(told(aRun({ job: aJob('a', { bindings: [lost], state: 'closed' }) }))).to.deep.equal([]);
  });
});

describe('a run that is another instance’s', () => {
  /** The events that letters bring to the holder; `kept` is what the store has. */
  async function letters(mine: Run, kept: Run | null, kind: 'not-held' | 'key-taken'): Promise<unknown[]> {
    const sent: unknown[] = [];
    const sharing = {
      send: (box: Box, body: object) => Promise.resolve(void sent.push([box, body])),
    };
    const outcome = kind === 'not-held' ? { kind, by: other } : { kind, by: (kept ?? mine).id };
    await handOver({ store: { run: () => Promise.resolve(kept) }, sharing }, mine, outcome);
    return sent;
  }

  it('hears of our handles, of a job that came meanwhile and of a stop (rule 9.9)', async () => {
    const answer = { word: 'ABORTED', summary: 'stopped', reason: 'stopped' } as const;
    const kept = { ...aRun(), jobs: [aJob('a'), aJob('b')] };
    const binding = aBinding({ connection: ours });
    const fresh = aJob('c');
    const jobs = [
      aJob('a', { bindings: [binding] }),
      aJob('b', { state: 'answered', answer, bindings: [] }),
      fresh,
    ];
    const box = { to: 'run', run: kept.id };
    expect(await letters({ ...kept, jobs }, kept, 'not-held')).to.deep.equal([
      [box, { event: { kind: 'bound', number: 'a', binding } }],
      [box, { event: { kind: 'detached', number: 'b', why: 'stopped' } }],
      [box, { event: { kind: 'attached', job: fresh, replaces: null } }],
    ]);
  });

  it('gets the jobs of ours where it was the first with their content key, by unique id where it has that (rules 1.5, 2.4)', async () => {
    const kept = aRun({ id: 'first', job: aJob('a') });
    const binding = aBinding({ connection: ours });
    const stranger = aJob('z');
    const mine = { ...aRun({ id: 'second' }), jobs: [aJob('a', { bindings: [binding] }), stranger] };
    const box = { to: 'run', run: kept.id };
    expect(await letters(mine, kept, 'key-taken')).to.deep.equal([
      [box, { event: { kind: 'bound', number: 'a', binding } }],
      [box, { event: { kind: 'attached', job: stranger, replaces: null } }],
    ]);
  });

  it('is not left to a run that is gone or can be joined no more: ours is written after all', async () => {
    for (const kept of [null, { ...aRun({ id: 'first' }), phase: 'stopped' as const }]) {
      const [outcome] = await Promise.allSettled([letters(aRun({ job: aJob('q') }), kept, 'key-taken')]);
      expect(outcome.status).to.equal('rejected');
    }
  });
});
