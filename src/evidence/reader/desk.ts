// The logs that lie open in the reader's thread, and what an order does to one of them.

import { readJunit } from '../junit.ts';
import { reportLimit } from '../junit-scan.ts';
import { createLogIntake } from '../log-intake.ts';
import type { Answer, LogTerms, Order, Told } from './orders.ts';

interface OpenLog {
  write(bytes: Uint8Array): void;
  look(): Promise<Told>;
  end(): Promise<Told>;
}

function openReport(): OpenLog {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const none = { cases: 0, failures: [], left: 0 } as const;
  const end = async (): Promise<Told> => {
    if (size > reportLimit) return { kind: 'report', state: 'too large', ...none };
    return { kind: 'report', ...(await readJunit(Buffer.concat(chunks))) };
  };
  return {
    write(bytes) {
      size += bytes.length;
      // Too large is too large: what was kept of it is given back.
      if (size > reportLimit) chunks.length = 0;
      else chunks.push(bytes);
    },
    look: end,
    end,
  };
}

function openLog({ format, builder }: LogTerms): OpenLog {
  if (format === 'report') return openReport();
  const intake = createLogIntake({ format, builder });
  return {
    write: (bytes) => {
      intake.write(bytes);
    },
    look: async () => ({ kind: 'log', ...intake.look() }),
    end: async () => ({ kind: 'log', ...intake.end() }),
  };
}

/** Carries out one order after another. Never rejects: what fails is said, and that log is closed. */
export function createDesk(): (order: Order) => Promise<Answer> {
  const logs = new Map<number, OpenLog>();
  const known = (id: number): OpenLog => {
    const log = logs.get(id);
    if (log === undefined) throw new Error('the log was closed before, for it could not be read');
    return log;
  };
  const carryOut = async (order: Order): Promise<Answer> => {
    switch (order.kind) {
      case 'open':
        logs.set(order.log, openLog(order.terms));
        return { kind: 'done' };
      case 'bytes':
        known(order.log).write(order.bytes);
        return { kind: 'done' };
      case 'look':
        return { kind: 'told', told: await known(order.log).look() };
      case 'end': {
        const told = await known(order.log).end();
        logs.delete(order.log);
        return { kind: 'told', told };
      }
      case 'drop':
        logs.delete(order.log);
        return { kind: 'done' };
    }
  };
  return async (order) => {
    try {
      return await carryOut(order);
    } catch (error) {
      logs.delete(order.log);
      return { kind: 'failed', why: error instanceof Error ? error.message : String(error) };
    }
  };
}
