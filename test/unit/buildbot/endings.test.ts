import { expect } from 'chai';
import { askForEnd } from '../../../src/buildbot/endings.ts';
import { settle } from '../../../src/buildbot/options.ts';
import type { Control, Rest } from '../../../src/buildbot/rest.ts';

function bench() {
  const held: { milliseconds: number; task: () => void }[] = [];
  const sent: string[] = [];
  const clock = {
    now: () => 0,
    random: () => 0,
    after: (milliseconds: number, task: () => void) => {
      held.push({ milliseconds, task });
      return () => undefined;
    },
  };
  const settings = settle({ url: 'http://127.0.0.1:1/', scheduler: 'gate', stanza: '1', clock });
  const rest: Pick<Rest, 'control'> = {
    control: ({ path, method, ahead }: Control) => {
      sent.push(`${method} ${path}${ahead === true ? ' ahead' : ''}`);
      return Promise.resolve({ status: 200, text: '', location: '', cookies: [] });
    },
  };
  const ask = (what: 'buildrequests' | 'builds', id: number) =>
    askForEnd(rest, settings, { what, id, reason: 'not needed' });
  return { ask, sent, held };
}

describe('asking Buildbot for an end', () => {
  it('holds a stop back, so that the cancels of the same burst go before it (rule 8.2)', async () => {
    const { ask, sent, held } = bench();
    const stopped = ask('builds', 1);
    const cancelled = ask('buildrequests', 2);
    expect(await cancelled).to.equal('asked');
    expect(sent).to.deep.equal(['cancel buildrequests/2 ahead']);
    expect(held).to.have.length(1);
    held[0]?.task();
    expect(await stopped).to.equal('asked');
    expect(sent).to.deep.equal(['cancel buildrequests/2 ahead', 'stop builds/1']);
  });

  it('holds it back for less than a second', () => {
    const { ask, held } = bench();
    void ask('builds', 1);
    expect(held[0]?.milliseconds).to.be.within(100, 999);
  });
});
