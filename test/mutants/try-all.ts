// Tries mutants in several processes beside each other.

import type { Coverage, Trial } from './coverage.ts';
import type { Mutant, Tried } from './mutant.ts';
import { startRunner, type Answer, type Load, type RunnerProcess } from './process.ts';

/** A mutant may make its tests so many times slower, and so many milliseconds on top, before it counts as endless. */
const slower = { times: 5, more: 10_000 };

function within({ took }: Trial): number {
  return took * slower.times + slower.more;
}

function tried(mutant: Mutant, answer: Answer): Tried {
  switch (answer.kind) {
    case 'gone':
      return { mutant, fate: 'lasting', by: answer.why };
    case 'broken':
      // A mutant that keeps a module from loading has been noticed.
      return { mutant, fate: 'killed', by: answer.why };
    case 'tried':
      return answer.killedBy === null
        ? { mutant, fate: 'survived', by: '' }
        : { mutant, fate: 'killed', by: answer.killedBy };
    case 'loaded':
    case 'covered':
      throw new Error(`a runner answered ${answer.kind} when mutant ${mutant.id} was tried`);
  }
}

async function ask(runner: RunnerProcess, mutant: Mutant, trial: Trial): Promise<Answer> {
  if (runner.loaded.kind !== 'loaded') return runner.loaded;
  const { titles, mostHits } = trial;
  return runner.ask({ kind: 'try', mutant: mutant.id, titles, mostHits }, within(trial));
}

/** One after the other, in a process that is kept as long as it answers. */
function lane(load: Load, coverage: Coverage) {
  let kept: RunnerProcess | null = null;
  async function tryFresh(mutant: Mutant, trial: Trial): Promise<Tried> {
    const own = await startRunner({ ...load, tests: trial.tests, mutant: mutant.id });
    try {
      return tried(mutant, await ask(own, mutant, trial));
    } finally {
      await own.end();
    }
  }
  async function end(): Promise<void> {
    await kept?.end();
    kept = null;
  }
  return {
    async try(mutant: Mutant): Promise<Tried> {
      const trial = coverage.planFor(mutant);
      if (trial === null) return { mutant, fate: 'uncovered', by: '' };
      if (trial.fresh) return tryFresh(mutant, trial);
      kept ??= await startRunner({ ...load, tests: trial.tests });
      if (kept.loaded.kind !== 'loaded')
        throw new Error(`a runner did not start: ${JSON.stringify(kept.loaded)}`);
      const answer = await ask(kept, mutant, trial);
      // One that was stopped in the middle, or whose mocha gave up, is in no state to go on.
      if (answer.kind !== 'tried') await end();
      return tried(mutant, answer);
    },
    end,
  };
}

/** Tries each mutant; `told` hears of each as it is done. The results come in the order in which they were done. */
export async function tryAll(
  mutants: readonly Mutant[],
  by: { readonly load: Load; readonly coverage: Coverage; readonly processes: number },
  told: (one: Tried) => void,
): Promise<readonly Tried[]> {
  const waiting = mutants.values();
  const done: Tried[] = [];
  const lanes = Array.from({ length: by.processes }, () => lane(by.load, by.coverage));
  const work = async (each: (typeof lanes)[number]): Promise<void> => {
    try {
      for (const mutant of waiting) {
        const one = await each.try(mutant);
        done.push(one);
        told(one);
      }
    } finally {
      await each.end();
    }
  };
  await Promise.all(lanes.map(work));
  return done;
}
