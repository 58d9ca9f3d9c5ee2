// The reader's thread: what it tells, what holds it back, and what a log that kills it costs the others.

import { expect } from 'chai';
import {
  createReader,
  type BuildSource,
  type LogSource,
} from '../../../src/evidence/reader/create-reader.ts';
import type { Told } from '../../../src/evidence/reader/orders.ts';
import { failing } from './a-failing-log.ts';
import { aSignature, fact } from '../flakes/signature/a-signature.ts';

async function* chunked(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

async function* repeated(text: string, times: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  // Each with a buffer of its own, as Buildbot's answers have: it is handed over.
  for (let time = 0; time < times; time += 1) yield new Uint8Array(bytes);
}

const terms = { format: 'contents', repeated: false, step: 'test', builder: 'b', facts: {} } as const;

function source(bytes: LogSource['bytes']): LogSource {
  return { terms, bytes, limit: 1 << 30 };
}

function buildOf(...logs: readonly LogSource[]): BuildSource {
  return { logs, within: 60_000 };
}

function idsOf(told: Told | null): readonly (string | null)[] {
  return told?.kind === 'log' ? told.failures.map(({ testId }) => testId) : [];
}

function reportOf(test: string): string {
  return `<testsuites><testsuite tests="1"><testcase name="${test}"><failure type="E" message="m">t</failure></testcase></testsuite></testsuites>`;
}

describe('the reader', () => {
  const open: { close(): Promise<void> }[] = [];
  const reader: typeof createReader = (limits) => {
    const made = createReader(limits);
    open.push(made);
    return made;
  };

  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()));
  });

  it('tells the failures of a log, however its bytes are cut', async () => {
    const { read } = reader();
    for (const size of [1, 7, 4096]) {
      const [log] = await read(buildOf(source(() => chunked(failing, size))));

      expect(log!.why).to.equal(null);
      expect(idsOf(log!.told)).to.deep.equal(['test_a.T.test_x']);
      expect(log!.told).to.include({ bytes: failing.length, lines: 12 });
    }
  });

  it('joins what a report adds to the log of the same step', async () => {
    const report = reportOf('test.test_a.T.test_y');
    const xml = (text: string): LogSource => ({
      ...source(() => chunked(text, 10)),
      terms: { ...terms, format: 'report' },
    });
    const log = source(() => chunked(failing, 100));
    const whole = await reader().read(buildOf(log, xml(report)));
    const cut = await reader().read(buildOf(log, xml(report.slice(0, -20))));

    expect(idsOf(whole[0]!.told)).to.have.members(['test_a.T.test_x', 'test_a.T.test_y']);
    expect(whole[1]!.told).to.include({ kind: 'report', state: 'complete', cases: 1 });
    expect(idsOf(cut[0]!.told)).to.deep.equal(['test_a.T.test_x']);
    expect(cut[1]!.told).to.include({ kind: 'report', state: 'cut' });
  });

  it('stops at its limits and says which', async () => {
    const { read } = reader();
    const many = source(() => repeated(failing, 1_000));
    const [cut] = await read(buildOf({ ...many, limit: failing.length }));
    const [late] = await read({ logs: [many], within: -1 });

    expect(cut!.why).to.match(/has more than \d+ bytes/);
    expect(cut!.told).to.include({ bytes: failing.length });
    expect(late!.why).to.match(/no time/);
  });

  it('rejects with what the source rejects with, and reads the next build', async () => {
    const { read } = reader();
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('oline\n');
      throw new Error('the log is gone');
    }
    const refused = await read(buildOf(source(broken))).catch((error: unknown) => error);
    const [next] = await read(buildOf(source(() => chunked(failing, 100))));

    expect(refused).to.be.an('error').with.property('message', 'the log is gone');
    expect(idsOf(next!.told)).to.have.lengthOf(1);
  });

  it('lets whoever writes wait while half a megabyte is unread', async () => {
    const log = reader().follow(terms);
    const line = `o${'x'.repeat(1022)}\n`;
    let taken = false;
    await log.write(Buffer.from(line.repeat(448)));
    const more = log.write(Buffer.from(line.repeat(128))).then(() => {
      taken = true;
    });
    // The thread takes longer than a turn of the loop to start.
    await new Promise((resolve) => setImmediate(resolve));
    const early = taken;
    await more;

    expect({ early, late: taken }).to.deep.equal({ early: false, late: true });
    expect(await log.look()).to.include({ lines: 576 });
  });

  it('gives up only the log that the thread died of, and reads the others again', async () => {
    // A heap so small that masses of failures kill the thread.
    const { read } = reader({ heap: 12 });
    const flood = source(async function* () {
      for (let at = 0; at < 6_000; at += 1) {
        const name = `test_${at}_${'x'.repeat(360)}`;
        yield Buffer.from(
          failing.replaceAll('test_x', name).replace('1 != 2', `${at} ${'long '.repeat(380)}`),
        );
      }
    });
    const harmless = source(() => chunked(failing, 100));
    let goOn: () => void = () => undefined;
    const waits = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const slow = source(async function* () {
      yield Buffer.from(failing.slice(0, 100));
      await waits;
      yield Buffer.from(failing.slice(100));
    });
    const other = read(buildOf(slow));
    const [before, hostile, behind] = await read(buildOf(harmless, flood, harmless));
    goOn();

    expect(hostile).to.include({ told: null });
    expect(hostile!.why).to.match(/the reader ended: .*memory/);
    expect(idsOf(before!.told)).to.deep.equal(['test_a.T.test_x']);
    expect(idsOf(behind!.told)).to.deep.equal(['test_a.T.test_x']);
    expect(idsOf((await other)[0]!.told)).to.deep.equal(['test_a.T.test_x']);
  });

  it('ends a thread that hangs, and starts another', async () => {
    const { read } = reader({ patience: 0 });
    const [outcome] = await read(buildOf(source(() => repeated(failing, 20_000))));

    expect(outcome).to.include({ told: null });
    expect(outcome!.why).to.match(/the reader hung/);
  });

  it('follows a log that grows and tells what it knows so far', async () => {
    const log = reader().follow(terms);
    const half = failing.indexOf('oAssertionError');
    await log.write(Buffer.from(failing.slice(0, 20)));
    const before = await log.look();
    await log.write(Buffer.from(failing.slice(20, half + 40)));
    const after = await log.look();
    log.drop();

    expect(idsOf(before)).to.deep.equal([]);
    expect(idsOf(after)).to.deep.equal(['test_a.T.test_x']);
  });

  it('says why it does not take signatures, and goes on with those before until it takes some again', async () => {
    const said: (string | null)[] = [];
    const { read, use } = reader({ refused: (why) => said.push(why) });
    const named = async (): Promise<readonly string[]> => {
      const [log] = await read(buildOf(source(() => chunked(failing, 100))));
      expect(log!.why).to.equal(null);
      return log!.told?.kind === 'log' ? log!.told.named.flat().map(({ id }) => id) : [];
    };
    const looksAhead = { kind: 'regex', source: '(?=test)' } as const;
    use([aSignature(fact('test_id', 'test_a.T.test_x'), { id: 'FLK-1' })]);
    const first = await named();
    use([aSignature({ node: 'log', sequence: [looksAhead], within: 'log' }, { id: 'FLK-2' })]);
    const second = await named();
    use([aSignature(fact('kind', 'test-failure'), { id: 'FLK-3' })]);
    const third = await named();

    expect([first, second, third]).to.deep.equal([['FLK-1'], ['FLK-1'], ['FLK-3']]);
    expect(said).to.have.length(3);
    expect(said[0]).to.equal(null);
    expect(said[1]).to.be.a('string').that.matches(/\(\?=/);
    expect(said[2]).to.equal(null);
  });

  it('is done when it is closed, also with logs under way', async () => {
    const one = reader();
    const under = one.read(buildOf(source(() => repeated(failing, 100_000))));
    await one.close();

    expect((await under)[0]!.why).to.match(/the daemon stops/);
  });
});
