// Builds that still run: what failed is shown at once and classed like the end of a build, and what runs well costs next to nothing.

import { expect } from 'chai';
import type { Hint } from '../../../src/buildbot/master.ts';
import { createLiveReader, type LiveReader } from '../../../src/daemon/live-reader.ts';
import { createLiveReadings, type LiveReadings } from '../../../src/daemon/live-readings.ts';
import type { BuildInQuestion } from '../../../src/daemon/read-build.ts';
import { createReader, type Reader } from '../../../src/evidence/reader/create-reader.ts';
import type { KeyEvidence, ReadFailure } from '../../../src/flakes/reading.ts';
import type { Signature } from '../../../src/flakes/signature/signature.ts';
import { intend } from '../../../src/gate/attempt.ts';
import type { StepFacts } from '../../../src/gate/facts.ts';
import type { BuildId, RequestId } from '../../../src/gate/ids.ts';
import type { Run } from '../../../src/gate/run.ts';
import { createLog, type Log } from '../../../src/observe/log.ts';
import { until } from '../../until.ts';
import { aSignature, fact } from '../flakes/signature/a-signature.ts';
import { aBuild, aReading, aRun, aStep, linux } from '../gate/a-run.ts';

const build = 3 as BuildId;
const request = 7 as RequestId;
const failing = `o======================================================================
oFAIL: test_x (test.test_a.T.test_x)
o----------------------------------------------------------------------
oTraceback (most recent call last):
o  File "/b/Lib/test/test_a.py", line 3, in test_x
oAssertionError: 1 != 2
`;
const theTest = fact('test_id', 'test_a.T.test_x');
const another = failing.replaceAll('test_x', 'test_y');
const seen: KeyEvidence = {
  redBase: 0,
  baseCommits: 1,
  failures: 1,
  runs: 100,
  fleet: { failures: 1, runs: 400 },
  suspended: null,
};

describe('a build that still runs', () => {
  let reader: Reader;
  let log: Log;
  before(async () => {
    reader = createReader();
    log = await createLog({ level: 'silent' });
  });
  after(() => reader.close());

  let run: Run;
  let text: string;
  let now: number;
  let asked: string[];
  let heard: Set<number>;
  let events: boolean;
  let questions: BuildInQuestion[];
  /** The end of reading a step that has failed. */
  let whole: Promise<void>;
  let signatures: readonly Signature[];
  let live: LiveReadings;
  let liveReader: LiveReader;

  const running = (steps: readonly StepFacts[] | null): void => {
    const place = { ordinal: 1, role: 'vote', counts: 'voting', vacant: true } as const;
    const facts = aBuild({ id: build, complete: false, results: null, steps });
    const attempt = { ...intend(linux, place), request, state: 'running', builds: [facts] } as const;
    run = { ...aRun(), phase: 'started', attempts: [attempt] };
  };

  beforeEach(() => {
    [text, now, asked, questions, signatures, events] = ['', 1_000_000, [], [], [], true];
    heard = new Set();
    whole = Promise.resolve();
    running([]);
    live = createLiveReadings();
    liveReader = createLiveReader({
      reader,
      live,
      log,
      signatures: () => signatures,
      prior: () => null,
      history: {
        evidence: ({ keys }) =>
          Promise.resolve({
            byKey: Object.fromEntries(keys.map((key) => [key, seen])),
            base: null,
            newestSeenAt: null,
          }),
      },
      register: { ofBuild: () => ({ run: run.id, request }), get: () => run, all: () => [run] },
      mono: () => now,
      shown: () => undefined,
      async read(question) {
        questions.push(question);
        await whole;
        return aReading({ doubt: 'read' });
      },
      master: {
        watching: () => events,
        listenToLog(step) {
          heard.add(step);
          return () => heard.delete(step);
        },
        nextLines(place, from) {
          asked.push(`${place.step} ${from}`);
          const lines = text.split('\n').slice(from, -1);
          return Promise.resolve({
            pieces: [Buffer.from(lines.map((line) => `${line}\n`).join(''))],
            lines: lines.length,
            full: false,
          });
        },
      },
    });
  });

  const step = (results: 0 | 2 | null): void => {
    const facts = aStep({ id: 9, name: 'test', complete: results !== null, results, startedAt: 1 });
    const hint: Hint = {
      kind: 'build',
      build,
      request,
      finished: false,
      grew: true,
      seen: null,
      step: facts,
    };
    liveReader.hint(hint);
    if (results === null) grow('hpython3 -m test\n');
  };
  /** Buildbot gets more lines, and tells of them while there are events. */
  const grow = (more: string): void => {
    text += more;
    if (events && heard.has(9)) liveReader.hint({ kind: 'log', step: 9, lines: text.split('\n').length - 1 });
  };
  const pass = async (seconds: number): Promise<void> => {
    for (let left = seconds * 2; left > 0; left -= 1) {
      now += 500;
      await liveReader.tick();
    }
  };
  const shown = (): readonly ReadFailure[] => live.of(run.id).get(linux)?.failures ?? [];
  const ids = (): readonly (string | null)[] => shown().map(({ testId }) => testId);

  it('is read at once when a test step has failed, with what the run knows, and is followed no longer', async () => {
    step(null);
    step(2);
    await until(() => live.of(run.id).size === 1, { within: 5_000, what: 'the step to be read' });

    expect(questions).to.have.length(1);
    expect(questions[0]!.facts!.steps!.map(({ name }) => name)).to.deep.equal(['test']);
    expect(live.of(run.id).get(linux)!.doubt).to.equal('read');
    expect(heard.size).to.equal(0);
  });

  it('shows what fails within two seconds of the first lines that Buildbot tells of, with its class', async () => {
    step(null);
    grow(failing);
    await pass(1.5);

    expect(ids()).to.deep.equal(['test_a.T.test_x']);
    expect(shown()[0]).to.include({ class: 'seen-on-base', evidence: seen });
    expect(live.of(run.id).get(linux)!.doubt).to.match(/still runs/);
  });

  it('costs one request in five minutes while it shows nothing wrong, and none while it is silent or has passed', async () => {
    step(null);
    for (let minute = 0; minute < 10; minute += 1) {
      grow('oall is well\n'.repeat(100));
      await pass(60);
    }
    const busy = asked.length;
    await pass(600);
    const silent = asked.length;
    step(0);
    await pass(60);

    expect(busy).to.be.within(2, 3);
    expect(silent - busy).to.be.at.most(1);
    expect(asked).to.have.length(silent);
    expect(live.of(run.id).size).to.equal(0);
  });

  it('is read on at once whenever Buildbot tells of more after it has shown a failure, and rests while it tells of none', async () => {
    step(null);
    grow(failing);
    await pass(2);
    const before = asked.length;
    now += 1_000;
    grow(another);
    await until(() => ids().length === 2, { within: 5_000, what: 'the second failure' });
    await pass(30);

    expect(asked).to.have.length(before + 1);
  });

  it('shows its last piece when it ends, before the whole is read', async () => {
    step(null);
    grow(failing);
    await pass(2);
    text += another;
    let answer = (): void => undefined;
    whole = new Promise((resolve) => (answer = resolve));
    step(2);
    await until(() => ids().length === 2, { within: 5_000, what: 'the last piece' });
    answer();
    await until(() => live.of(run.id).get(linux)!.doubt === 'read', { within: 5_000, what: 'the whole' });

    expect(asked.at(-1)).to.equal('9 7');
  });

  it('is classed by the signatures in force, anew from its first line when they change', async () => {
    signatures = [aSignature(theTest)];
    reader.use(signatures);
    step(null);
    grow(failing);
    await pass(2);
    const first = shown().map(({ signature, class: found }) => [signature?.id, found]);
    signatures = [aSignature(theTest, { id: 'FLK-2', state: 'monitor' })];
    reader.use(signatures);
    await pass(2);

    expect(first).to.deep.equal([['FLK-1', 'known-flake']]);
    expect(shown().map(({ signature, class: found }) => [signature?.id, found])).to.deep.equal([
      ['FLK-2', 'seen-on-base'],
    ]);
    reader.use([]);
  });

  it('has the step that failed read again when the signatures change before the build ends', async () => {
    const failed = aStep({ id: 9, name: 'test', complete: true, results: 2, startedAt: 1 });
    step(2);
    running([failed]);
    signatures = [aSignature(theTest)];
    await pass(1);

    expect(questions.map(({ facts }) => facts!.steps!.length)).to.deep.equal([1, 1]);
  });

  it('is asked for its test step by name where no event tells of steps, seldom while all is well and every five seconds then', async () => {
    events = false;
    running(null);
    text = 'oall is well\n';
    await pass(600);
    const calm = [...asked];
    text += failing;
    await until(
      async () => {
        await pass(5);
        return ids().length === 1;
      },
      { within: 5_000, what: 'the failure to be seen' },
    );
    const before = asked.length;
    await pass(60);

    expect(calm).to.have.length.within(2, 3);
    expect(calm[0]).to.equal('test 0');
    expect(asked.length - before).to.be.within(10, 12);
  });

  it('is let go when the run is decided', async () => {
    step(null);
    grow(failing);
    await pass(2);
    run = { ...run, phase: 'decided' };
    await pass(1);
    grow(another);
    await pass(60);

    expect(heard.size).to.equal(0);
    expect(ids()).to.have.length(1);
  });
});
