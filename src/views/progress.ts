// How often the gatekeeper hears of a running job: every WORK_DATA is kept in its memory for as long as the job lives.

/** Milliseconds between two reports at the least, before one that is urgent, and reports for one job at the most. */
export const reportEvery = 5_000;
export const urgentEvery = 500;
export const reportsAtMost = 200;
/** And so many more that are urgent. */
export const urgentAtMost = 50;

export interface ReportRate {
  /** Monotonic milliseconds of the last report; null before the first. */
  readonly lastAt: number | null;
  readonly sent: number;
}

export type ReportTurn =
  | { readonly kind: 'now'; readonly rate: ReportRate }
  /** Something changed too soon: report what is true then at this monotonic moment. */
  | { readonly kind: 'later'; readonly at: number }
  | { readonly kind: 'never' };

export const noReports: ReportRate = { lastAt: null, sent: 0 };

/** Whether a change may be reported at `now` (monotonic milliseconds), and the rate after it. `urgent`: people wait for it. */
export function reportTurn(rate: ReportRate, now: number, urgent: boolean): ReportTurn {
  const every = urgent ? urgentEvery : reportEvery;
  if (rate.sent >= reportsAtMost + (urgent ? urgentAtMost : 0)) return { kind: 'never' };
  if (rate.lastAt !== null && now - rate.lastAt < every) return { kind: 'later', at: rate.lastAt + every };
  return { kind: 'now', rate: { lastAt: now, sent: rate.sent + 1 } };
}
