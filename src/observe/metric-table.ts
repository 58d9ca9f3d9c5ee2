// Every metric that `/metrics` shows. README.md of this folder mirrors the table; a test compares them. Label values come from
// our own words or from the configuration, never from a build or a gatekeeper, so that the number of series is bounded.

interface Metric {
  readonly kind: 'gauge' | 'counter' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
}

/** Name to kind, meaning and labels. */
export const metricTable = {
  gearbridge_info: { kind: 'gauge', help: 'Always 1; the version is the label', labels: ['version'] },
  gearbridge_start_time_seconds: {
    kind: 'gauge',
    help: 'When the daemon started, seconds since 1970',
    labels: [],
  },
  gearbridge_resident_bytes: { kind: 'gauge', help: 'Resident memory', labels: [] },
  gearbridge_loop_lag_seconds: {
    kind: 'gauge',
    help: 'Longest delay of the event loop since the last scrape',
    labels: [],
  },
  gearbridge_jobs: {
    kind: 'gauge',
    help: 'Jobs by state: waiting, running, answered (the gatekeeper has not confirmed yet)',
    labels: ['state'],
  },
  gearbridge_slots: { kind: 'gauge', help: 'Slots for runs: max, taken', labels: ['kind'] },
  gearbridge_takes_jobs: {
    kind: 'gauge',
    help: '1 while new jobs are taken; 0 while they wait at their server (status says why)',
    labels: [],
  },
  gearbridge_verdicts_total: { kind: 'counter', help: 'Verdicts by result word', labels: ['word'] },
  gearbridge_builder_verdicts_total: {
    kind: 'counter',
    help: 'Builders in verdicts, by what they came to and whose fault it was',
    labels: ['role', 'state', 'class'],
  },
  gearbridge_attempts_total: {
    kind: 'counter',
    help: 'Build requests that were intended: vote, measure, control',
    labels: ['role'],
  },
  gearbridge_retries_total: {
    kind: 'counter',
    help: 'Votes that were not the first on their builder in a run',
    labels: [],
  },
  gearbridge_adoptions_total: {
    kind: 'counter',
    help: 'Requests found at Buildbot by their marker: at a start, or in search of a lost answer',
    labels: ['by'],
  },
  gearbridge_outcomes_total: {
    kind: 'counter',
    help: 'Attempts that ended, by role and outcome',
    labels: ['role', 'outcome'],
  },
  gearbridge_oldest_seconds: {
    kind: 'gauge',
    help: 'Age of the oldest job in each queue: waiting (for a slot), sending (unclear or not sent), queued (at Buildbot), unconfirmed (answered)',
    labels: ['queue'],
  },
  gearbridge_signatures_refused: {
    kind: 'gauge',
    help: '1 while the reader does not match with the signatures given last; those before are in force',
    labels: [],
  },
  gearbridge_reload_refused: {
    kind: 'gauge',
    help: '1 while the last reload was refused and the configuration from before is in force',
    labels: [],
  },
  gearbridge_grabs_total: { kind: 'counter', help: 'Jobs taken from a Gearman server', labels: ['server'] },
  gearbridge_gearman_connections: {
    kind: 'gauge',
    help: 'Connections to Gearman servers that are up: build, control',
    labels: ['kind'],
  },
  gearbridge_websocket_up: { kind: 'gauge', help: "1 while Buildbot's WebSocket is up", labels: [] },
  gearbridge_workers_blamed: {
    kind: 'gauge',
    help: 'Workers that fail far more often than their siblings on landed commits',
    labels: [],
  },
  gearbridge_regressions: {
    kind: 'gauge',
    help: 'Open regressions on landed commits: rate-jump (a flake comes more often), fix-undone (a resolved signature)',
    labels: ['kind'],
  },
  gearbridge_requests_total: {
    kind: 'counter',
    help: 'Requests to a dependency: buildbot, gearman, store',
    labels: ['dependency'],
  },
  gearbridge_request_errors_total: {
    kind: 'counter',
    help: 'Requests to a dependency that failed',
    labels: ['dependency'],
  },
  gearbridge_request_seconds: {
    kind: 'histogram',
    help: 'How long requests to a dependency took',
    labels: ['dependency'],
  },
  gearbridge_duplicate_requests_total: {
    kind: 'counter',
    help: 'Build requests of ours that should not have been there, found and cancelled',
    labels: [],
  },
} as const satisfies Readonly<Record<string, Metric>>;

type Table = typeof metricTable;
export type MetricName = keyof Table;
type Of<Kind> = { [Name in MetricName]: Table[Name]['kind'] extends Kind ? Name : never }[MetricName];
export type GaugeName = Of<'gauge'>;
export type CounterName = Of<'counter'>;
export type HistogramName = Of<'histogram'>;
/** The labels of a metric, all of them. */
export type Labels<Name extends MetricName> = Readonly<Record<Table[Name]['labels'][number], string>>;
