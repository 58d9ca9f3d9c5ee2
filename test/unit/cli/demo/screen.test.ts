// What the demo shows, on a terminal and elsewhere.

import { expect } from 'chai';
import { commonOptions } from '../../../../src/cli/common-options.ts';
import { createScreen, wrapped } from '../../../../src/cli/demo/screen.ts';
import { verdicts } from '../../../../src/cli/demo/words.ts';
import { width } from '../../../../src/cli/text.ts';
import { jobView } from '../../../../src/views/job-view.ts';
import { context, sampleRun } from '../../views/sample.ts';
import { createTerminal } from '../terminal.ts';

function screenOn(given: Parameters<typeof createTerminal>[0]) {
  const terminal = createTerminal(given);
  return { terminal, screen: createScreen({ terminal, common: commonOptions({}, terminal) }) };
}

function job() {
  const run = sampleRun();
  return jobView(run, run.jobs[0]!, context());
}

const wrong = {
  title: 'cancelled',
  expected: 'ABORTED',
  result: 'SUCCESS',
  summary: `${'word '.repeat(30)}\u001b[2J`,
  url: 'http://127.0.0.1:1/jobs/1',
  wrong: 'the verdict is SUCCESS and must be ABORTED',
};

describe('the screen of the demo', () => {
  it('draws the table again in its place, below what stays', () => {
    const { terminal, screen } = screenOn({ interactive: true, columns: 80 });
    screen.show([{ title: 'good change', job: job() }], 'waiting');
    const lines = terminal.written.out.split('\n').length - 1;
    terminal.written.out = '';
    screen.say('Something happens.');

    expect(terminal.written.out).to.match(
      new RegExp(`^\r\u001b\\[${lines}A\u001b\\[JSomething happens\\.\n\nJOB `),
    );
  });

  it('leaves the table where it is when it is settled', () => {
    const { terminal, screen } = screenOn({ interactive: true, columns: 80 });
    screen.show([{ title: 'good change', job: job() }], 'waiting for it');
    screen.settle();
    terminal.written.out = '';
    screen.say('Afterwards.');

    expect(terminal.written.out).to.equal('Afterwards.\n\n');
  });

  it('says each change once where there is no terminal', () => {
    const { terminal, screen } = screenOn({});
    const jobs = [{ title: 'good change', job: job() }];
    screen.show(jobs, 'waiting');
    const once = terminal.written.out;
    screen.show(jobs, 'waiting');

    expect(once).to.match(/^ {2}\[good change\] /);
    expect(terminal.written.out).to.equal(once);
  });

  it('breaks prose between words', () => {
    expect(wrapped('one two three', 7)).to.deep.equal(['one two', 'three']);
    expect(wrapped('unbreakable', 4)).to.deep.equal(['unbreakable']);
  });

  it('shows a wrong verdict as wrong, in lines that fit, with nothing that acts on the terminal', () => {
    const { screen } = screenOn({ interactive: true, columns: 80, env: { NO_COLOR: '1' } });
    const lines = verdicts([wrong], screen);

    expect(lines.join('\n')).to.include('wrong: the verdict is SUCCESS and must be ABORTED');
    expect(lines.join('\n')).not.to.include('\u001b');
    expect(Math.max(...lines.map(width))).to.be.at.most(80);
  });
});
