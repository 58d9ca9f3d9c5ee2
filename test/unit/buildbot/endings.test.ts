import { expect } from 'chai';
import { createEndings } from '../../../src/buildbot/endings.ts';
import { settle } from '../../../src/buildbot/options.ts';
import type { Control, Rest } from '../../../src/buildbot/rest.ts';
import { until } from '../../until.ts';

function bench() {
  let now = 0;
  let timers: { readonly at: number; readonly task: () => void }[] = [];
  const sent: string[] = [];
  const clock = {
    now: () => now,
    random: () => 0,
    after: (milliseconds: number, task: () => void) => {
      const timer = { at: now + milliseconds, task };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
  };
  const settings = settle({ url: 'http://127.0.0.1:1/', scheduler: 'gate', stanza: '1', clock });
  const rest: Pick<Rest, 'control'> = {
    control: ({ path, method, ahead }: Control) => {
      sent.push(`${method} ${path}${ahead === true ? ' ahead' : ''}`);
      return Promise.resolve({ status: 200, text: '', location: '', cookies: [] });
    },
  };
  const askForEnd = createEndings(rest, settings);
  const ask = (what: 'buildrequests' | 'builds', id: number) => askForEnd({ what, id, reason: 'not needed' });
  const pass = async (milliseconds: number): Promise<void> => {
    now += milliseconds;
    const due = timers.filter(({ at }) => at <= now);
    timers = timers.filter(({ at }) => at > now);
    for (const { task } of due) task();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { ask, sent, pass, timers: () => timers.length };
}

describe('asking Buildbot for an end', () => {
  it('holds a stop back, so that the cancels of the same burst go before it (rule 8.2)', async () => {
    const { ask, sent, pass } = bench();
    const stopped = ask('builds', 1);
    expect(await ask('buildrequests', 2)).to.equal('asked');
    expect(sent).to.deep.equal(['cancel buildrequests/2 ahead']);
    await pass(300);
    expect(await stopped).to.equal('asked');
    expect(sent).to.deep.equal(['cancel buildrequests/2 ahead', 'stop builds/1']);
  });

  it('holds the stops of a burst back until no more come, with two timers (rule 8.2)', async () => {
    const { ask, sent, pass, timers } = bench();
    for (let build = 1; build <= 5; build += 1) {
      void ask('builds', build);
      await pass(200);
      expect(timers()).to.equal(2);
    }
    expect(sent).to.deep.equal([]);
    await pass(100);
    expect(sent).to.have.length(5);
    expect(timers()).to.equal(0);
  });

  it('sends the stops of a large burst over several turns of the loop', async () => {
    const { ask, sent, pass } = bench();
    for (let build = 1; build <= 1_000; build += 1) void ask('builds', build);
    await pass(300);
    expect(sent.length).to.be.within(50, 500);
    await until(() => sent.length === 1_000, { within: 2_000, what: 'all of them' });
  });

  it('holds no stop back for more than two seconds, however many come (rule 8.2)', async () => {
    const { ask, sent, pass } = bench();
    for (let build = 1; build <= 20; build += 1) {
      void ask('builds', build);
      await pass(100);
    }
    expect(sent).to.have.length(20);
    void ask('builds', 21);
    await pass(100);
    expect(sent).to.have.length(20);
  });
});
