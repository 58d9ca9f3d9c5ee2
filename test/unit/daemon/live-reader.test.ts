// Builds that still run: what failed is shown at once, and what runs well costs next to nothing.

import { expect } from 'chai';
import type { Hint } from '../../../src/buildbot/master.ts';
import { createLiveReader, type LiveReader } from '../../../src/daemon/live-reader.ts';
import { createLiveReadings, type LiveReadings } from '../../../src/daemon/live-readings.ts';
import type { BuildInQuestion } from '../../../src/daemon/read-build.ts';
import { createReader, type Reader } from '../../../src/evidence/reader/create-reader.ts';
import type { Reading } from '../../../src/flakes/reading.ts';
import { intend } from '../../../src/gate/attempt.ts';
import type { BuildId, RequestId } from '../../../src/gate/ids.ts';
import type { Run } from '../../../src/gate/run.ts';
import { createLog, type Log } from '../../../src/observe/log.ts';
import { until } from '../../until.ts';
import { aBuild, aRun, aStep, linux } from '../gate/a-run.ts';

const build = 3 as BuildId;
const request = 7 as RequestId;
const failing = `o======================================================================
oFAIL: test_x (test.test_a.T.test_x)
o----------------------------------------------------------------------
oTraceback (most recent call last):
o  File "/b/Lib/test/test_a.py", line 3, in test_x
oAssertionError: 1 != 2
`;
const empty: Reading = { failures: [], more: 0, doubt: 'x', repeats: null, base: null };

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
  let calls: number;
  let asked: BuildInQuestion[];
  let live: LiveReadings;
  let liveReader: LiveReader;

  beforeEach(() => {
    const place = { ordinal: 1, role: 'vote', counts: 'voting', vacant: true } as const;
    const running = aBuild({ id: build, complete: false, results: null, steps: null });
    const attempt = { ...intend(linux, place), request, state: 'running', builds: [running] } as const;
    run = { ...aRun(), phase: 'started', attempts: [attempt] };
    [text, now, calls, asked] = ['', 0, 0, []];
    live = createLiveReadings();
    liveReader = createLiveReader({
      reader,
      live,
      log,
      register: { ofBuild: () => ({ run: run.id, request }), get: () => run },
      mono: () => now,
      shown: () => undefined,
      read: (question) => Promise.resolve(asked.push(question)).then(() => ({ ...empty, doubt: 'read' })),
      master: {
        logs: () => {
          calls += 1;
          const lines = text.split('\n').length - 1;
          return Promise.resolve([{ id: 1, slug: 'stdio', type: 's', lines, complete: false }]);
        },
        async *logPages(row, from) {
          calls += 1;
          yield text
            .split('\n')
            .slice(from, row.lines)
            .map((line) => `${line}\n`)
            .join('');
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
  };
  const minutes = async (count: number): Promise<void> => {
    for (let tick = 0; tick < count * 12; tick += 1) {
      now += 5_000;
      await liveReader.tick();
    }
  };

  it('is read at once when a test step has failed, with what the run knows', async () => {
    step(null);
    step(2);
    await until(() => live.of(run.id).size === 1, { within: 5_000, what: 'the step to be read' });

    expect(asked).to.have.length(1);
    expect(asked[0]!.facts!.steps!.map(({ name }) => name)).to.deep.equal(['test']);
    expect(live.of(run.id).get(linux)!.doubt).to.equal('read');
  });

  it('costs at most two calls a minute while it shows nothing wrong, and none when it has passed', async () => {
    step(null);
    text = 'oall is well\n';
    await minutes(10);
    const running = calls;
    step(0);
    await minutes(10);

    expect(running).to.be.within(2, 20);
    expect(calls).to.equal(running);
    expect(live.of(run.id).size).to.equal(0);
  });

  it('is followed closely once its log shows a failure, and what it shows is called provisional', async () => {
    step(null);
    text = failing;
    await minutes(2);
    const before = live.of(run.id).get(linux)!;
    text += failing.replaceAll('test_x', 'test_y');
    now += 5_000;
    await liveReader.tick();

    expect(before.failures.map(({ testId }) => testId)).to.deep.equal(['test_a.T.test_x']);
    expect(before.doubt).to.match(/still runs/);
    expect(live.of(run.id).get(linux)!.failures).to.have.length(2);
  });

  it('is let go when the run is decided', async () => {
    step(null);
    text = failing;
    await minutes(2);
    run = { ...run, phase: 'decided' };
    const before = calls;
    await minutes(2);

    expect(calls).to.equal(before);
  });
});
