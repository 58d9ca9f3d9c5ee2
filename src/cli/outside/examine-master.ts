// What no check at a start asks of the master: its clock, its events, and whether we may cancel.

import type { Master } from '../../buildbot/master.ts';
import type { RequestId } from '../../gate/ids.ts';
import type { OutsideFinding } from './finding.ts';

/** No request has it: Buildbot counts from 1, in 31 bits. The master says 403 before it looks whether a request is there. */
const nobodysRequest = (2 ** 31 - 1) as RequestId;
/** Milliseconds. */
const socketWithin = 8_000;
const lookEvery = 50;
const clockWithin = 5_000;
const clockSlack = 5_000;

export async function examineCancel(master: Pick<Master, 'cancel'>): Promise<OutsideFinding> {
  const part = 'may cancel';
  switch (await master.cancel(nobodysRequest, 'asked by gearbridge doctor whether it may')) {
    case 'asked':
      return { part, level: 'ok', sentence: 'the master lets us cancel requests that wait' };
    case 'forbidden':
      return {
        part,
        level: 'error',
        sentence:
          "the master refuses to let us cancel: what a stopped job has queued would still be built; put the stanza's authz rules into master.cfg (gearbridge config init --stanza)",
      };
    case 'failed':
      return {
        part,
        level: 'warning',
        sentence: 'the master did not say whether we may cancel; look at its twistd.log',
      };
  }
}

/** Whether the WebSocket comes up, through whatever stands before the master. */
export async function examineEvents(master: Pick<Master, 'watch' | 'watching'>): Promise<OutsideFinding> {
  const part = 'events';
  master.watch(() => undefined);
  const until = performance.now() + socketWithin;
  while (!master.watching() && performance.now() < until)
    await new Promise((resolve) => setTimeout(resolve, lookEvery));
  if (master.watching()) return { part, level: 'ok', sentence: 'the WebSocket is up' };
  return {
    part,
    level: 'warning',
    sentence: `no WebSocket within ${socketWithin / 1_000} s: verdicts come up to half a minute later, by polling; let the proxy before the master pass Upgrade for /ws`,
  };
}

/** The master's clock by its Date header, which has whole seconds; `wall` is ours, milliseconds since 1970. */
export async function examineClock(url: string, wall: () => number): Promise<OutsideFinding> {
  const part = 'clock';
  const unknown = (why: string): OutsideFinding => ({
    part,
    level: 'warning',
    sentence: `the master's clock cannot be compared: ${why}`,
  });
  try {
    const answer = await fetch(new URL('api/v2', url), { signal: AbortSignal.timeout(clockWithin) });
    await answer.body?.cancel();
    const date = answer.headers.get('date');
    const theirs = date === null ? NaN : Date.parse(date);
    if (Number.isNaN(theirs)) return unknown('its answers have no Date');
    const apart = theirs + 500 - wall();
    if (Math.abs(apart) <= clockSlack) return { part, level: 'ok', sentence: "agrees with the master's" };
    const sentence = `the master's clock is ${Math.round(Math.abs(apart) / 1_000)} s ${apart > 0 ? 'ahead of' : 'behind'} ours; let both follow NTP (timedatectl set-ntp true), or times in reports are wrong`;
    return { part, level: 'warning', sentence };
  } catch (error) {
    return unknown(error instanceof Error ? error.message : String(error));
  }
}
