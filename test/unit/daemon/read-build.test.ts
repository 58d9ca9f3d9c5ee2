// From a build at Buildbot to its reading: what is read, what is doubted, and what never excuses anything.

import { expect } from 'chai';
import { BuildbotError } from '../../../src/buildbot/buildbot-error.ts';
import type { LogRow } from '../../../src/buildbot/logs.ts';
import { readBuild, type BuildInQuestion, type ReadBuildParts } from '../../../src/daemon/read-build.ts';
import { createReader, type Reader } from '../../../src/evidence/reader/create-reader.ts';
import type { KeyEvidence, Reading } from '../../../src/flakes/reading.ts';
import type { BuildFacts, Results, StepFacts } from '../../../src/gate/facts.ts';
import type { BuildId } from '../../../src/gate/ids.ts';
import type { Signature } from '../../../src/flakes/signature/signature.ts';
import { createLog, type Log } from '../../../src/observe/log.ts';
import { aSignature } from '../flakes/signature/a-signature.ts';
import { aRun, linux } from '../gate/a-run.ts';

const failing = (message = '1 != 2'): string =>
  `
0:00:00 load avg: 1.00 [1/1] test_a
======================================================================
FAIL: test_x (test.test_a.T.test_x)
----------------------------------------------------------------------
Traceback (most recent call last):
  File "/b/Lib/test/test_a.py", line 3, in test_x
    self.assertEqual(1, 2)
AssertionError: ${message}

----------------------------------------------------------------------
Ran 1 test in 0.010s

FAILED (failures=1)
test test_a failed

== Tests result: FAILURE ==

1 test failed:
    test_a

Result: FAILURE`
    .trim()
    .replace(/^/gm, 'o') + '\nhprogram finished with exit code 2\n';
const passing =
  'o0:00:00 load avg: 1.00 [1/1] test_a passed\noResult: SUCCESS\nhprogram finished with exit code 0\n';

interface WrittenLog {
  readonly slug: string;
  readonly type?: string;
  readonly text: string;
}

interface Step {
  readonly name: string;
  readonly results: Results;
  readonly logs: readonly WrittenLog[];
}

interface Built {
  /** Of the builder. */
  readonly prior?: NonNullable<KeyEvidence['prior']>;
  readonly steps: readonly Step[];
  readonly revision?: string | null;
  readonly repeated?: string | null;
  readonly evidence?: (keys: readonly string[]) => Promise<Readonly<Record<string, KeyEvidence>>>;
  readonly pages?: (log: LogRow) => AsyncIterable<Uint8Array>;
}

const none: KeyEvidence = {
  redBase: 0,
  baseCommits: 0,
  failures: 0,
  runs: 100,
  fleet: { failures: 0, runs: 400 },
  suspended: null,
};

async function* paged(text: string): AsyncGenerator<Uint8Array> {
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 5) yield Buffer.from(`${lines.slice(at, at + 5).join('\n')}\n`);
}

describe('the reading of a build', () => {
  let reader: Reader;
  let log: Log;
  let signatures: readonly Signature[] = [];
  before(async () => {
    reader = createReader();
    log = await createLog({ level: 'silent' });
  });
  after(() => reader.close());

  function partsOf({ steps, repeated = null, evidence, pages, prior }: Built): ReadBuildParts {
    const rows = steps.map(({ logs }, step) =>
      logs.map(({ slug, type = 's', text }, at): LogRow => {
        const lines = text.split('\n').length - 1;
        return { id: step * 10 + at, slug, type, lines, complete: true };
      }),
    );
    const textOf = (id: number): string => steps[Math.floor(id / 10)]!.logs[id % 10]!.text;
    return {
      reader,
      log,
      signatures: () => signatures,
      prior: (builder) => (builder === linux ? (prior ?? null) : null),
      master: {
        build: () => Promise.reject(new Error('the run knows the build')),
        logs: (step) => Promise.resolve(rows[step]!),
        logPages: (log) => pages?.(log) ?? paged(textOf(log.id)),
        buildProperty: () => Promise.resolve(repeated),
      },
      history: {
        async evidence({ keys }) {
          const byKey = (await evidence?.(keys)) ?? Object.fromEntries(keys.map((key) => [key, none]));
          return { byKey, base: { revision: 'b'.repeat(40), branch: 'main' }, newestSeenAt: Date.now() };
        },
      },
    };
  }

  function question(built: Built, role: BuildInQuestion['role'] = 'vote'): BuildInQuestion {
    const facts: BuildFacts = {
      id: 3 as BuildId,
      number: 3,
      worker: null,
      complete: true,
      results: 2,
      startedAt: 1,
      completeAt: 2,
      state: 'failed test',
      revision: built.revision === undefined ? 'a'.repeat(40) : built.revision,
      steps: built.steps.map(({ name, results }, id): StepFacts => ({
        id,
        number: id,
        name,
        complete: true,
        results,
        startedAt: 1,
        completeAt: 2,
        state: name,
      })),
      stepTimedOut: false,
      waitsForLock: false,
      growth: '',
    };
    const terms = aRun().terms!;
    return {
      build: facts.id,
      builder: linux,
      role,
      terms,
      platform: 'linux',
      facts,
      changed: null,
      within: 60_000,
    };
  }

  const read = (built: Built, role?: BuildInQuestion['role']): Promise<Reading> =>
    readBuild(partsOf(built), question(built, role));
  const stdio = (text: string): readonly WrittenLog[] => [{ slug: 'stdio', text }];
  const test = (text: string, results: Results = 2): Step => ({ name: 'test', results, logs: stdio(text) });

  it('names each failure, with its file, lines, class and evidence, and has no doubt', async () => {
    const reading = await read({ steps: [{ name: 'git', results: 0, logs: [] }, test(failing())] });

    expect(reading).to.deep.include({ doubt: null, more: 0, repeats: null });
    expect(reading.base).to.deep.equal({ revision: 'b'.repeat(40), branch: 'main' });
    expect(reading.failures).to.have.length(1);
    expect(reading.failures[0]).to.deep.include({
      testId: 'test_a.T.test_x',
      file: 'test_a',
      kind: 'test-failure',
      message: 'AssertionError: 1 != 2',
      lines: [3, 8],
      step: 'test',
      class: 'new',
      touched: true,
      cleared: false,
      evidence: none,
    });
  });

  it('hands on what is thought of any rate on this builder', async () => {
    const prior = { alpha: 2, beta: 18 };
    const [found] = (await read({ steps: [test(failing())], prior })).failures;
    expect(found?.evidence).to.deep.equal({ ...none, prior });
  });

  const classes: readonly (readonly [string, KeyEvidence, string])[] = [
    ['already-red', { ...none, redBase: 2, baseCommits: 2 }, 'the newest two base builds failed so'],
    ['seen-on-base', { ...none, redBase: 1, baseCommits: 1 }, 'a landed commit failed so'],
    ['new', none, 'nothing that landed failed so'],
  ];
  for (const [wanted, evidence, why] of classes) {
    it(`calls a failure ${wanted} where ${why}`, async () => {
      const reading = await read({
        steps: [test(failing())],
        evidence: (keys) => Promise.resolve(Object.fromEntries(keys.map((key) => [key, evidence]))),
      });

      expect(reading.failures[0]).to.include({ class: wanted });
    });
  }

  it('calls a failure unknown where the history does not answer', async () => {
    const reading = await read({
      steps: [test(failing())],
      evidence: () => Promise.reject(new Error('no disk')),
    });

    expect(reading.failures[0]).to.include({ class: 'unknown', evidence: null });
    expect(reading.base).to.equal(null);
  });

  it('makes no infrastructure of words that a test printed', async () => {
    const words = 'oOSError: [Errno 28] No space left on device\noremoteFailed: ConnectionLost\n';
    const reading = await read({ steps: [test(words + failing('[Errno 28] No space left on device'))] });

    expect(reading.failures.map((one) => one.class)).to.not.include('infrastructure');
  });

  it('makes infrastructure of Buildbot’s own word on a lost worker, and of a step before any checkout', async () => {
    const lost = 'oworking\nhremoteFailed: [Failure instance: ConnectionLost]\n';
    const clone =
      'ofatal: unable to access: Could not resolve host: example.org\nhprogram finished with exit code 128\n';
    const first = await read({ steps: [test(lost)] });
    const second = await read({
      revision: null,
      steps: [{ name: 'git', results: 2, logs: stdio(clone) }],
    });

    expect(first.failures[0]).to.include({ kind: 'worker-lost', class: 'infrastructure' });
    expect(second.failures[0]).to.include({ kind: 'network', class: 'infrastructure' });
  });

  it('doubts a step whose log is deleted, missing or cut', async () => {
    const deleted = await read({
      steps: [{ name: 'test', results: 2, logs: [{ slug: 'stdio', type: 'd', text: '' }] }],
    });
    const missing = await read({ steps: [{ name: 'test', results: 2, logs: [] }] });
    const cut = await read({ steps: [test(failing().slice(0, 300))] });
    const nothing = await read({ steps: [{ name: 'git', results: 0, logs: [] }] });

    expect(deleted.doubt).to.equal('step test: its log was deleted at Buildbot');
    expect(missing.doubt).to.equal('step test: it has no stdio log');
    expect(cut.doubt).to.match(/^step test: the runner's summary is missing/);
    expect(nothing.doubt).to.match(/no step of it/);
  });

  it('doubts a log that is gone, and asks again where Buildbot may answer later', async () => {
    const trouble = (status: number, retry: 'permanent' | 'transient'): Built => ({
      steps: [test(failing())],
      async *pages() {
        const detail = { method: 'GET', path: 'logs/1', sent: true, fault: 'status', why: 'no' } as const;
        yield await Promise.reject(new BuildbotError({ ...detail, status, retry }));
      },
    });
    const later: unknown = await read(trouble(502, 'transient')).catch((error: unknown) => error);

    expect((await read(trouble(404, 'permanent'))).doubt).to.equal('its log is gone from Buildbot');
    expect(later).to.be.instanceOf(BuildbotError);
  });

  it('counts repeats by the headers between them, and what each failed with', async () => {
    const steps = [test(`${failing()}helapsedTime=1\n${passing}${passing}${failing()}`)];
    const { repeats, failures, doubt } = await read({ steps, repeated: '4' }, 'measure');

    expect(failures).to.have.length(1);
    expect(doubt).to.equal(null);
    expect(repeats).to.deep.equal({ ran: 4, failed: 2, byKey: { [failures[0]!.excuseKey!]: 2 } });
  });

  it('takes a clean measure for so many clean repeats, and one without the property for a whole run', async () => {
    const clean = { steps: [test(passing.repeat(3), 0)] };

    expect((await read({ ...clean, repeated: '3' }, 'measure')).repeats).to.deep.equal({
      ran: 3,
      failed: 0,
      byKey: {},
    });
    expect((await read(clean, 'measure')).repeats).to.equal(null);
    expect((await read({ ...clean, repeated: '3' }, 'measure')).doubt).to.equal(null);
  });

  it('is not told by a test that a repeat has ended', async () => {
    const forged = failing().replace(
      'oAssertionError',
      'oprogram finished with exit code 0\noAssertionError',
    );
    const { repeats } = await read({ steps: [test(forged)], repeated: '1' }, 'measure');

    expect(repeats).to.include({ ran: 1, failed: 1 });
  });

  it('believes a whole report for what the log does not name, and none that is cut', async () => {
    const report = (end: string): WrittenLog => ({
      slug: 'test-results_xml',
      text: `o<testsuites><testsuite tests="1">\no<testcase name="test.test_a.T.test_y"><failure type="E" message="m">t</failure></testcase>\no${end}\n`,
    });
    const withReport = async (end: string) => {
      const logs = [...stdio(failing()), report(end)];
      return (await read({ steps: [{ name: 'test', results: 2, logs }] })).failures.map(
        ({ testId }) => testId,
      );
    };

    expect(await withReport('</testsuite></testsuites>')).to.have.members([
      'test_a.T.test_x',
      'test_a.T.test_y',
    ]);
    expect(await withReport('')).to.deep.equal(['test_a.T.test_x']);
  });

  describe('with signatures', () => {
    const known = (wish: Partial<Signature>): Signature =>
      aSignature(
        {
          node: 'all',
          nodes: [
            { node: 'fact', fact: 'test_id', test: { how: 'glob', glob: 'test_a.*' } },
            {
              node: 'log',
              sequence: [{ kind: 'regex', source: String.raw`^AssertionError: \d+ != \d+$` }],
              within: 'failure',
            },
          ],
        },
        { title: 'one is not two', ...wish },
      );
    const use = (...given: readonly Signature[]): void => {
      signatures = given;
      reader.use(given);
    };
    afterEach(() => {
      use();
    });

    it('calls a failure that an active one names a known flake, and no other', async () => {
      use(known({}));
      const [named] = (await read({ steps: [test(failing())] })).failures;
      const [other] = (await read({ steps: [test(failing('one is not two'))] })).failures;

      expect(named).to.deep.include({
        class: 'known-flake',
        signature: { id: 'FLK-1', state: 'active', allowed: true, maxRate: 0.05, containsFix: false },
      });
      expect(other).to.include({ class: 'new', signature: null });
    });

    it('names one in monitor without believing it, and a fixed one as a regression', async () => {
      use(known({ state: 'monitor' }));
      const [watched] = (await read({ steps: [test(failing())] })).failures;
      use(known({ state: 'resolved', resolved: { at: '2020-01-01', commit: null } }));
      const [back] = (await read({ steps: [test(failing())] })).failures;

      expect(watched).to.include({ class: 'new' });
      expect(watched!.signature).to.include({ id: 'FLK-1', state: 'monitor' });
      expect(back!.signature).to.include({ state: 'resolved', containsFix: true });
    });

    it('reads no letter of a stream and no escape as part of a line', async () => {
      use(known({}));
      const coloured = failing().replace('oAssertionError', 'o\u001b[31mAssertionError');
      const [named] = (await read({ steps: [test(coloured)] })).failures;

      expect(named).to.include({ class: 'known-flake' });
    });
  });

  it('keeps fifty failures and says how many more there are', async () => {
    const blocks = Array.from({ length: 60 }, (_, at) =>
      failing(`${at}`).replaceAll('test_x', `test_x${at}`),
    );
    const reading = await read({ steps: [test(blocks.join(''))] });

    expect(reading.failures).to.have.length(50);
    expect(reading.more).to.be.greaterThan(0);
  });
});
