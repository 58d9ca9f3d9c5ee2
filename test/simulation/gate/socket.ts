// The WebSocket between master and daemon: the master's news as hints, late, doubled, out of order or lost; after a gap a resync.

import type { Hint } from '../../../src/buildbot/master.ts';
import type { BuildId, BuildsetId, RequestId } from '../../../src/gate/ids.ts';
import type { Chance } from '../flakes/chance.ts';
import type { Buildbot, News } from './buildbot.ts';
import { buildFacts } from './master-port.ts';
import { theWorld, type Time } from './time.ts';

export interface Socket {
  /** A life of the daemon listens; the one before hears nothing more. */
  listen(listener: (hint: Hint) => void): void;
  isUp(): boolean;
  cutUntil(at: number): void;
  loseUntil(at: number): void;
  doubleUntil(at: number): void;
  delayUntil(at: number): void;
}

/** Milliseconds: usual ways, and late ones, which may overtake each other. */
const takes = { usual: 30, late: 4_000 };

export function createSocket(
  parts: { readonly time: Time; readonly chance: Chance; readonly seconds: (at: number) => number },
  buildbot: Buildbot,
): Socket {
  const { time, chance, seconds } = parts;
  const until = { cut: -1, lose: -1, double: -1, delay: -1 };
  let listening: { readonly life: string; readonly hear: (hint: Hint) => void } | null = null;
  let generation = 0;

  const isUp = (): boolean => listening !== null && time.now() >= until.cut;

  const hintOf = (news: News): Hint => {
    switch (news.kind) {
      case 'workers':
        return { kind: 'workers' };
      case 'request': {
        const { id, buildset, complete } = news.request;
        return { kind: 'request', request: id as RequestId, buildset: buildset as BuildsetId, complete };
      }
      case 'build': {
        const { build, grew } = news;
        const finished = build.ended !== null;
        const seen = finished ? null : buildFacts(build, seconds, false);
        const [id, request] = [build.id as BuildId, build.request.id as RequestId];
        return { kind: 'build', build: id, request, finished, grew, seen, step: null };
      }
    }
  };

  const deliver = (hint: Hint): void => {
    const to = listening;
    const born = generation;
    if (to === null) return;
    const delay = (time.now() < until.delay ? takes.late : takes.usual) * chance();
    // What was on its way over a socket that ended is lost.
    time.after(delay, () => born === generation && to.hear(hint), to.life);
  };

  buildbot.watch((news) => {
    if (!isUp() || (time.now() < until.lose && chance() < 0.5)) return;
    const hint = hintOf(news);
    deliver(hint);
    if (time.now() < until.double) deliver(hint);
  });

  const resync = (): void => {
    if (isUp()) deliver({ kind: 'resync' });
    else time.after(until.cut - time.now(), resync, theWorld);
  };

  return {
    listen(hear) {
      generation += 1;
      listening = { life: time.owner(), hear };
      time.after(20 + 30 * chance(), resync, theWorld);
    },
    isUp,
    cutUntil(at) {
      generation += 1;
      if (time.now() >= until.cut) time.after(at - time.now(), resync, theWorld);
      until.cut = Math.max(until.cut, at);
    },
    loseUntil: (at) => void (until.lose = at),
    doubleUntil: (at) => void (until.double = at),
    delayUntil: (at) => void (until.delay = at),
  };
}
