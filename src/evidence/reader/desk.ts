// The builds whose logs lie open in the reader's thread, and what an order does to one of them.

import { conclude, openLog, type OpenLog, type Read } from './open-log.ts';
import type { Answer, Order, Told } from './orders.ts';
import { createWatchers } from './signatures.ts';

interface OpenBuild {
  readonly logs: Map<number, { readonly log: OpenLog; read: Read | null }>;
}

function lost(): Error {
  return new Error('the log was closed before, for it could not be read');
}

function concluded(build: OpenBuild | undefined): readonly Told[] {
  if (build === undefined) throw lost();
  const logs = [...build.logs.values()].map(({ log, read }) => {
    if (read === null) throw lost();
    return { terms: log.terms, read };
  });
  return conclude(logs);
}

/** Carries out one order after another. Never rejects: what fails is said, and that build is forgotten. */
export function createDesk(): (order: Order) => Promise<Answer> {
  const builds = new Map<number, OpenBuild>();
  const homes = new Map<number, number>();
  const watchers = createWatchers();
  const place = (log: number) => {
    const found = builds.get(homes.get(log) ?? -1)?.logs.get(log);
    if (found === undefined) throw lost();
    return found;
  };
  const forget = (id: number): void => {
    for (const log of builds.get(id)?.logs.keys() ?? []) homes.delete(log);
    builds.delete(id);
  };
  const carryOut = async (order: Order): Promise<readonly Told[]> => {
    switch (order.kind) {
      case 'open': {
        const build = builds.get(order.build) ?? { logs: new Map() };
        builds.set(order.build, build);
        homes.set(order.log, order.build);
        build.logs.set(order.log, { log: openLog(order.terms, watchers), read: null });
        return [];
      }
      case 'signatures':
        await watchers.use(order.signatures);
        return [];
      case 'bytes':
        await place(order.log).log.write(order.bytes);
        return [];
      case 'look': {
        const told = place(order.log).log.look();
        return told === null ? [] : [told];
      }
      case 'end': {
        const found = place(order.log);
        found.read = await found.log.end();
        return [];
      }
      case 'conclude': {
        const told = concluded(builds.get(order.build));
        forget(order.build);
        return told;
      }
      case 'drop':
        forget(order.build);
        return [];
    }
  };
  return async (order) => {
    try {
      return { kind: 'told', told: await carryOut(order) };
    } catch (error) {
      forget('build' in order ? order.build : (homes.get(order.log) ?? -1));
      return { kind: 'failed', why: error instanceof Error ? error.message : String(error) };
    }
  };
}
