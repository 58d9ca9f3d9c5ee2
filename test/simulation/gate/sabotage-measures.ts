// Defects in what is read, measured and forgiven (RUNS.md 1.3, 6.2, 6.3 and 9.8, FLAKES.md 6.3).

import type { Reading } from '../../../src/flakes/reading.ts';
import type { Attempt, Outcome } from '../../../src/gate/attempt.ts';
import { inAttempts, type Defect } from './defect.ts';
import { passed } from './tamper.ts';

const clean: Reading = {
  ...{ failures: [], more: 0, doubt: null, base: null },
  repeats: { ran: 20, failed: 0, byKey: {} },
};

/** What a measure came to is taken for twenty clean repeats. */
function cleanMeasures(which: (outcome: Outcome) => boolean): NonNullable<Defect['result']> {
  return inAttempts((attempt) => {
    const { role, outcome, reading } = attempt;
    if (role !== 'measure' || outcome === null || reading === clean || !which(outcome)) return attempt;
    return { ...attempt, outcome: passed, reading: clean };
  });
}

/** A defect in what was read of a build. */
function inReadings(change: (reading: Reading) => Reading): NonNullable<Defect['event']> {
  return (_, event) => (event.kind === 'build-read' ? { ...event, reading: change(event.reading) } : event);
}

function lost(attempt: Attempt): Attempt {
  if (attempt.role !== 'measure' || attempt.outcome?.kind !== 'failed') return attempt;
  return { ...attempt, outcome: { kind: 'void', why: 'it failed', merged: false } };
}

/** By name, each made anew for a course. */
export const measureDefects: Readonly<Record<string, () => Defect>> = {
  'a-broken-measure-is-clean': () => ({
    rule: '1.3',
    result: cleanMeasures(({ kind }) => kind === 'infrastructure' || kind === 'aborted'),
  }),
  'a-failed-measure-is-clean': () => ({
    rule: '6.2',
    result: cleanMeasures(({ kind }) => kind === 'failed'),
  }),
  'five-repeats-are-twenty': () => ({
    rule: '6.2',
    master: (master) => ({
      ...master,
      force: (call) =>
        master.force(
          call.fields['gate_repeat'] === undefined
            ? call
            : { ...call, fields: { ...call.fields, gate_repeat: '5' } },
        ),
    }),
    event: inReadings((reading) =>
      reading.repeats === null ? reading : { ...reading, repeats: { ...reading.repeats, ran: 20 } },
    ),
  }),
  'nothing-is-touched': () => ({
    rule: '6.2',
    event: inReadings((reading) => ({
      ...reading,
      failures: reading.failures.map((failure) => ({ ...failure, touched: false })),
    })),
  }),
  'believe-a-cut-log': () => ({ rule: '6.2', event: inReadings((reading) => ({ ...reading, doubt: null })) }),
  'a-cleared-failure-passes': () => ({
    rule: '6.3',
    event: inReadings((reading) => ({
      ...reading,
      failures: reading.failures.filter(({ cleared }) => !cleared),
    })),
  }),
  'measure-in-two-calls': () => ({
    rule: '1.3',
    master: (master) => ({
      ...master,
      force: async (call) => {
        if (call.fields['gate_role'] === 'measure') await master.force(call);
        return master.force(call);
      },
    }),
  }),
  'measure-what-is-known': () => ({ rule: '1.3', result: inAttempts(lost) }),
  'forget-a-recheck': () => ({
    rule: '9.8',
    event: (_, event) => (event.kind === 'recheck' ? null : event),
  }),
};
