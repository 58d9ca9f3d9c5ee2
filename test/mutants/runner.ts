// A process that holds the planted code and its tests: `runner.ts FILE…`. It is asked over its channel, one thing at a time, and keeps
// what it loaded, so that a mutant costs no more than the tests that pass by it.

import fc from 'fast-check';
import Mocha from 'mocha';
import type { FromRunner, Hits, Timed, ToRunner } from './messages.ts';

/** What the planted code looks at; Stryker's names, but `counting` (plant.mjs). */
interface Switches {
  counting?: boolean;
  activeMutant?: string;
  currentTestId?: string;
  hitCount?: number;
  hitLimit?: number;
  mutantCoverage?: { readonly static: Hits; readonly perTest: Readonly<Record<string, Hits>> };
}

const shared: typeof globalThis & { __stryker__?: Switches } = globalThis;
const switches: Switches = (shared.__stryker__ ??= {});
// The same examples each time, and none made smaller: nobody reads them.
fc.configureGlobal({ seed: 1, endOnFailure: true });

const mocha = new Mocha({ timeout: 20_000, reporter: Mocha.reporters.Base });
mocha.cleanReferencesAfterRun(false);
for (const file of process.argv.slice(2)) mocha.addFile(file);

function say(message: FromRunner): void {
  process.send?.(message);
}

/** What mocha takes to choose by titles. An expression of hundreds of them would take longer than the tests. */
function chosen(titles: readonly string[] | null): RegExp {
  const wanted = new Set(titles);
  return Object.assign(/^/, { test: (title: string) => titles === null || wanted.has(title) });
}

/** Runs the tests with these titles (null: all); gives the titles of those that failed, only the first of them where one is enough. */
async function run(
  titles: readonly string[] | null,
  seen: {
    readonly oneIsEnough: boolean;
    readonly began?: (title: string) => void;
    readonly ended?: (test: Timed) => void;
  },
): Promise<readonly string[]> {
  const failed: string[] = [];
  mocha.grep(chosen(titles));
  mocha.bail(seen.oneIsEnough);
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => {
      resolve();
    });
    runner.on('test', (test) => seen.began?.(test.fullTitle()));
    runner.on('test end', (test) =>
      seen.ended?.({ title: test.fullTitle(), file: test.file ?? '', took: test.duration ?? 0 }),
    );
    runner.on('fail', (test) => failed.push(test.fullTitle()));
  });
  return failed;
}

async function cover(): Promise<void> {
  const tests: Timed[] = [];
  const failed = await run(null, {
    oneIsEnough: false,
    began: (title) => (switches.currentTestId = title),
    ended: (test) => tests.push(test),
  });
  delete switches.currentTestId;
  const { static: whileLoading, perTest: byTest } = switches.mutantCoverage ?? { static: {}, perTest: {} };
  say({ kind: 'covered', whileLoading, byTest, tests, failed });
}

async function attempt({ mutant, titles, mostHits }: Extract<ToRunner, { kind: 'try' }>): Promise<void> {
  Object.assign(switches, { counting: false, activeMutant: mutant, hitCount: 0, hitLimit: mostHits });
  const [killedBy = null] = await run(titles, { oneIsEnough: true });
  switches.activeMutant = '';
  say({ kind: 'tried', killedBy });
}

process.on('message', (message: ToRunner) => {
  const done = message.kind === 'cover' ? cover() : attempt(message);
  done.catch((error: unknown) => {
    say({ kind: 'broken', why: String(error) });
  });
});
// Nobody is there to be answered.
process.on('disconnect', () => process.exit());

// What counts while modules are loaded is asked for in the same breath.
switches.counting = true;
try {
  await mocha.loadFilesAsync();
  say({ kind: 'loaded' });
} catch (error) {
  say({ kind: 'broken', why: String(error) });
}
