import { expect } from 'chai';
import { createGrabAhead } from '../../../src/gearman/grab-ahead.ts';

function bench(atMost: number, may = () => true) {
  const seen: string[] = [];
  const ahead = createGrabAhead<string>({
    atMost,
    mayGrab: may,
    toServer: () => seen.push('GRAB'),
    give: (job) => seen.push(job),
    nothing: () => seen.push('none'),
    early: () => seen.push('wake'),
  });
  /** What was done since the last look. */
  const done = (): string => seen.splice(0).join(' ');
  const job = (name: string): boolean => {
    const wanted = ahead.assigned();
    if (wanted) ahead.accept(name);
    return wanted;
  };
  return { ahead, done, job };
}

describe('grabs sent ahead', () => {
  it('are none where one at a time is asked for', () => {
    const { ahead, done, job } = bench(1);
    ahead.grab();
    expect(done()).to.equal('GRAB');
    job('a');
    expect(done()).to.equal('a');
    ahead.grab();
    ahead.noJob();
    expect(done()).to.equal('GRAB none');
  });

  it('follow the first job of a burst, and what they bring is given one by one, in its order', () => {
    const { ahead, done, job } = bench(4);
    ahead.grab();
    expect(done()).to.equal('GRAB');
    job('a');
    expect(done()).to.equal('GRAB GRAB GRAB a');
    job('b');
    job('c');
    expect(done()).to.equal('GRAB wake wake');
    ahead.grab();
    expect(done()).to.equal('b');
    ahead.grab();
    expect(done()).to.equal('c');
    job('d');
    ahead.grab();
    expect(done()).to.match(/d$/);
  });

  it('never are more than so many, with the jobs that wait', () => {
    const { ahead, done, job } = bench(4);
    ahead.grab();
    job('a');
    const sent = (): number => done().split('GRAB').length - 1;
    expect(sent()).to.be.at.most(4);
    for (const name of ['b', 'c', 'd']) job(name);
    expect(sent()).to.equal(1);
    expect(job('e')).to.equal(true);
    expect(job('f')).to.equal(false);
  });

  it('all must be answered before there is nothing, so that no sleep overtakes a job', () => {
    const { ahead, done, job } = bench(3);
    ahead.grab();
    job('a');
    done();
    ahead.grab();
    ahead.noJob();
    expect(done()).to.equal('');
    expect(ahead.isGrabbing()).to.equal(true);
    ahead.noJob();
    expect(done()).to.equal('none');
    expect(ahead.isGrabbing()).to.equal(false);
  });

  it('are none while no job may be taken', () => {
    let may = true;
    const { ahead, done, job } = bench(4, () => may);
    ahead.grab();
    may = false;
    job('a');
    expect(done()).to.equal('GRAB a');
  });

  it('do not make a job wanted that nobody had asked for', () => {
    const { job, done } = bench(4);
    expect(job('a')).to.equal(false);
    expect(done()).to.equal('');
  });
});
