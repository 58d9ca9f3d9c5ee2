// `gearbridge jobs submit`: a gate job from the command line, or with --dry-run the plan and the force calls that it would make.

import type { PlanView } from '../views/document.ts';
import { visible } from '../views/text.ts';
import { apiToAct } from './api.ts';
import { CommandError, exitCodes, type ExitCode } from './exit.ts';
import type { Call } from './terminal.ts';
import { jsonText, lines } from './text.ts';

export interface SubmitOptions {
  readonly job: string;
  readonly branch: string;
  readonly revision: string;
  readonly ref: string | null;
  /** `KEY=VALUE` each. */
  readonly parameters: readonly string[];
  readonly dryRun: boolean;
  readonly wait: boolean;
}

function parametersOf(given: readonly string[]): Readonly<Record<string, string>> {
  const pairs = given.map((text): [string, string] => {
    const at = text.indexOf('=');
    if (at < 1) throw new CommandError(exitCodes.usage, `--param: expected KEY=VALUE (got ${text})`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
  return Object.fromEntries(pairs);
}

function planText(plan: PlanView, { terminal, common }: Call): string[] {
  const rows = plan.builders.map((builder) => [
    { text: builder.name },
    { text: builder.platform },
    { text: builder.role },
    { text: builder.why },
  ]);
  const coverage = Object.entries(plan.coverage).map(([platform, count]) => `${platform}: ${count}`);
  const verdict =
    plan.verdict === null ? [] : ['', `would end at once: ${plan.verdict.word}: ${plan.verdict.summary}`];
  const force = plan.force.flatMap((call) => [
    '',
    `force ${call.scheduler} on ${call.builders.join(', ')}`,
    ...Object.entries(call.fields).map(([name, value]) => `  ${name}: ${value}`),
  ]);
  const look = { columns: terminal.columns(), color: common.color };
  return [
    visible(`${plan.job}: ${plan.project} ${plan.branch} ${plan.revision} from ${plan.repository}`),
    visible(`coverage: ${coverage.join(', ')}`),
    '',
    ...lines({ heads: ['BUILDER', 'PLATFORM', 'ROLE', 'WHY'], rows }, look),
    ...[...verdict, ...force].map(visible),
  ];
}

function bodyOf(options: SubmitOptions): object {
  return {
    job: options.job,
    branch: options.branch,
    revision: options.revision,
    ...(options.ref === null ? {} : { ref: options.ref }),
    parameters: parametersOf(options.parameters),
  };
}

/** Submits, and prints number and page; with `wait` it follows the job and ends as `jobs watch` does. A dry run sends nothing. */
export async function jobsSubmit(call: Call, options: SubmitOptions): Promise<ExitCode> {
  const { terminal, common } = call;
  const body = bodyOf(options);
  const api = await apiToAct(call);
  if (options.dryRun) {
    const plan = await api.post<PlanView>('jobs', { ...body, dry_run: true });
    terminal.out(`${common.json ? jsonText(plan) : planText(plan, call).join('\n')}\n`);
    return plan.verdict === null ? exitCodes.yes : exitCodes.no;
  }
  const taken = await api.post<{ number: string; url: string }>('jobs', body);
  terminal.out(
    `${common.json ? jsonText(taken, options.wait ? 0 : 2) : visible(`${taken.number} ${taken.url}`)}\n`,
  );
  if (!options.wait) return exitCodes.yes;
  const { jobsWatch } = await import('./jobs-watch.ts');
  // The job is on the socket's daemon, whatever GEARBRIDGE_URL says.
  return jobsWatch({ ...call, common: { ...common, url: null } }, { number: taken.number, timeout: null });
}
