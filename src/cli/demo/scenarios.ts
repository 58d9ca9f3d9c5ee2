// The five changes of the demo: what the fleet makes of each, what happens meanwhile, and what the verdict must be and rest on.

import type { ResultWord } from '../../gate/answer.ts';
import type { Scenarios, Steering } from '../../servers/buildbot.ts';
import type { BuilderView, JobView } from '../../views/document.ts';
import { CommandError, exitCodes } from '../exit.ts';
import { fleet, jobName } from './config.ts';
import type { Change, Gatekeeper, Submission } from './gatekeeper.ts';
import type { Stage } from './stage.ts';

/** What happens around one job while it runs. */
export interface Scene {
  readonly stage: Stage;
  readonly gatekeeper: Gatekeeper;
  readonly submission: Submission;
  readonly say: (text: string) => void;
  /** Resolves with the job as soon as the condition holds; rejects after three minutes. */
  readonly until: (what: string, condition: (job: JobView) => boolean) => Promise<JobView>;
}

export interface Scenario {
  readonly title: string;
  readonly story: string;
  readonly steering: Steering;
  readonly expected: ResultWord;
  readonly meanwhile?: (scene: Scene) => Promise<void>;
  /** What is wrong with the evidence of a verdict that has the right word; null when nothing is. */
  readonly wrong: (job: JobView, change: Change) => string | null;
}

const windows = fleet.windows;

function named(job: JobView, name: string): BuilderView | undefined {
  return job.builders.find((builder) => builder.name === name);
}

function proved(job: JobView, change: Change): string | null {
  const unproved = Object.values(fleet).filter((name) => {
    const builder = named(job, name);
    return builder?.state !== 'passed' || builder.revision !== change.commit;
  });
  return unproved.length === 0 ? null : `${unproved.join(', ')} did not pass the very commit`;
}

/** All three builders have begun, and none has come to an end. */
function underWay(job: JobView): boolean {
  if (job.state === 'finished' || job.state === 'abandoned') {
    const how = job.result ?? job.state;
    throw new CommandError(
      exitCodes.no,
      `the job ended (${how}) before it could be disturbed: ${job.summary}`,
    );
  }
  return job.builders.length === 3 && job.builders.every((builder) => builder.state === 'running');
}

function good(): Scenario {
  return {
    title: 'good change',
    story: 'A good change: it must pass on each platform.',
    steering: 'slow',
    expected: 'SUCCESS',
    wrong: proved,
  };
}

function breaksATest(): Scenario {
  return {
    title: 'breaks a test',
    story: 'At the same time a change that breaks a test on windows only: the verdict must say so.',
    steering: { [windows]: 'fail-new', '*': 'pass' },
    expected: 'FAILURE',
    wrong: (job) => {
      if (!job.summary.includes(windows)) return `the reason does not name ${windows}`;
      const red = job.builders.filter((builder) => builder.state !== 'passed').map(({ name }) => name);
      return red.join() === windows
        ? null
        : `${red.join(', ')} did not pass, where ${windows} alone must fail`;
    },
  };
}

function cancelled(): Scenario {
  return {
    title: 'cancelled',
    story:
      'A change whose author sends a newer version while it is being built: the gatekeeper cancels the job.',
    steering: 'hang',
    expected: 'ABORTED',
    meanwhile: async ({ gatekeeper, submission, say, until }) => {
      await until('all its builds to run', underWay);
      say('The gatekeeper cancels it, over Gearman as well. Nobody must go on building it.');
      await gatekeeper.cancel(jobName, submission);
      await until('its builds to be stopped', (job) => job.result !== null && !job.cleaning);
    },
    wrong: (job) => {
      const left = job.builders.filter((builder) => builder.state !== 'stopped').map(({ name }) => name);
      return left.length === 0 ? null : `${left.join(', ')} was not stopped`;
    },
  };
}

function workerDies(): Scenario {
  const lost = (job: JobView): boolean => named(job, windows)?.attempts[0]?.builds[0]?.result === 'retry';
  return {
    title: 'worker dies',
    story: 'A good change, but the windows machine will die in the middle of its tests.',
    // The build kills its own worker (kill -9) in the test step. Not earlier: a worker that dies while Buildbot 3.7 still prepares
    // it leaves a build that never ends (seen on the real master: "preparing worker" for ever, the worker long back).
    steering: { [windows]: 'worker-lost', '*': 'slow' },
    expected: 'SUCCESS',
    meanwhile: async ({ say, until }) => {
      await until('its windows worker to die', lost);
      say(
        'The windows worker was killed with kill -9. It is back in two seconds; the change is not to blame.',
      );
    },
    wrong: (job, change) =>
      lost(job) ? proved(job, change) : 'its first windows build was not lost with the worker',
  };
}

function requests(job: JobView): string {
  return job.builders.flatMap(({ attempts }) => attempts.map(({ request }) => request)).join();
}

function daemonDies(): Scenario {
  let before = '';
  return {
    title: 'daemon dies',
    story: 'A good change again, but this time the gearbridge daemon itself will be killed.',
    steering: 'slow',
    expected: 'SUCCESS',
    meanwhile: async ({ stage, say, until }) => {
      before = requests(await until('all its builds to run', underWay));
      await stage.daemon.kill();
      say(
        'The daemon was killed with kill -9 and is started again: it must find its job and the builds that still run.',
      );
      await stage.daemon.start();
    },
    wrong: (job, change) => {
      const after = requests(job);
      return after === before ? proved(job, change) : `its builds were ${before} before and are ${after}`;
    },
  };
}

/** The scenarios in the order in which they are played; those of one act run at the same time. */
export function createActs(): readonly (readonly Scenario[])[] {
  return [[good(), breaksATest()], [cancelled()], [workerDies()], [daemonDies()]];
}

/** Seconds that the builds of `slow` take before their tests: long enough to be seen, and to be disturbed. */
const slowFor = 5;

/** What the master reads for each build: which steering goes with which commit. */
export function steeringTable(byRevision: Readonly<Record<string, Steering>>): Scenarios {
  return { by_revision: byRevision, duration: slowFor };
}
