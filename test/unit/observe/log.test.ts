// The log's promises: whatever stands in a field, one line of JSON comes out, bounded, without what a terminal acts on.

import { expect } from 'chai';
import { createLog, type LogLevel } from '../../../src/observe/log.ts';
import { createAudit } from '../../../src/observe/audit.ts';

async function logging(level: LogLevel = 'debug') {
  const lines: string[] = [];
  const log = await createLog({ level, write: (line) => lines.push(line) });
  return { log, lines, parsed: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('the log', () => {
  it('writes one JSON object a line with level, time, sentence and fields', async () => {
    const { log, parsed } = await logging();

    log.child({ job: '17' }).info({ from: 'queued', to: 'running' }, 'attempt moved');

    expect(parsed()[0]).to.include({
      level: 'info',
      job: '17',
      from: 'queued',
      to: 'running',
      msg: 'attempt moved',
    });
    expect(parsed()[0]?.['time']).to.match(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('lets no control character of a field through, be it C0, C1 or a bidirectional override', async () => {
    const { log, lines, parsed } = await logging();
    const hostile = 'a\n{"level":"error"}\u001b[2J\u009b31m\u202egnp\u2028b\u007f';

    log.warn({ why: hostile }, 'refused');

    expect(lines).to.have.length(1);
    expect(lines[0]?.slice(0, -1)).to.not.match(/[\p{Cc}\u2028\u202e]/u);
    expect(parsed()[0]?.['why']).to.equal(hostile);
  });

  it('bounds a field, and says how long it was', async () => {
    const { log, lines, parsed } = await logging();

    log.info({ why: 'x'.repeat(1_000_000) }, 'refused');

    expect(lines[0]?.length).to.be.below(3_000);
    expect(parsed()[0]?.['why']).to.contain('(1000000 characters)');
  });

  it('shows an error with its cause and code, and none of the properties that a driver hung on it', async () => {
    const { log, lines, parsed } = await logging();
    const cause = Object.assign(new Error('connect refused'), { code: 'ECONNREFUSED' });
    const error = Object.assign(new Error('no answer', { cause }), { request: { password: 'hunter2' } });

    log.error({ err: error }, 'request failed');

    expect(parsed()[0]?.['err']).to.deep.include({ type: 'Error', message: 'no answer' });
    expect(lines[0]).to.contain('ECONNREFUSED');
    expect(lines[0]).to.not.contain('hunter2');
  });

  it('redacts what is called a password', async () => {
    const { log, lines } = await logging();
    const fields = { password: 'hunter2' };

    log.info(fields as object, 'configured');

    expect(lines[0]).to.contain('[redacted]');
    expect(lines[0]).to.not.contain('hunter2');
  });

  it('is silent below its level', async () => {
    const { log, lines } = await logging('warn');

    log.info({}, 'not heard');
    log.warn({}, 'heard');

    expect(lines).to.have.length(1);
  });

  it('marks what was asked through the control socket', async () => {
    const { log, parsed } = await logging();

    createAudit(log)({ action: 'cancel', caller: 'ada', job: '17', outcome: 'ok' });

    expect(parsed()[0]).to.include({ audit: true, action: 'cancel', caller: 'ada', job: '17', state: 'ok' });
  });
});
