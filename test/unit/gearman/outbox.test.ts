import { expect } from 'chai';
import { createOutbox, type Outbox } from '../../../src/gearman/outbox.ts';

const limits = { congested: 10, waiting: 100, backlog: 300 };

interface Bench {
  readonly outbox: Outbox;
  /** What was written, one entry for each write. */
  readonly writes: string[];
  readonly overflows: number[];
  readonly events: string[];
  /** The socket takes all that it has. */
  drain(): void;
}

function bench(): Bench {
  const writes: string[] = [];
  const overflows: number[] = [];
  const socket = {
    writableLength: 0,
    write(bytes: Buffer) {
      writes.push(bytes.toString());
      socket.writableLength += bytes.length;
      return socket.writableLength < 10;
    },
  };
  const outbox = createOutbox(socket, limits, (bytes) => overflows.push(bytes));
  return {
    outbox,
    writes,
    overflows,
    events: [],
    drain() {
      socket.writableLength = 0;
      outbox.drained();
    },
  };
}

const text = (newest: string, keep: string | null = null) => ({
  newest: Buffer.from(newest),
  keep: keep === null ? null : Buffer.from(keep),
});
const last = ({ events }: Bench, bytes: string) => ({
  bytes: Buffer.from(bytes),
  written: () => void events.push(`written ${bytes}`),
  dropped: () => void events.push(`dropped ${bytes}`),
});
const filler = Buffer.from('f'.repeat(11));

describe('the outbox of a connection', () => {
  it('writes at once what the socket can take, first parts and newest in one write', () => {
    const at = bench();
    expect(at.outbox.update('a', text('two', 'one '))).to.equal(true);
    expect(at.writes).to.deep.equal(['one two']);
  });

  it('keeps only the newest update of each job while the socket is full, but what must be kept (defect 27)', () => {
    const at = bench();
    at.outbox.now(filler);
    at.outbox.update('a', text('a1', 'first '));
    at.outbox.update('b', text('b1'));
    for (let count = 2; count < 50; count += 1) at.outbox.update('a', text(`a${count}`));
    expect(at.writes).to.deep.equal([filler.toString()]);
    expect(at.outbox.waiting()).to.equal('first a49b1'.length);
    at.drain();
    expect(at.writes.slice(1)).to.deep.equal(['first a49', 'b1']);
    expect(at.outbox.waiting()).to.equal(0);
  });

  it('refuses updates beyond its bound, and takes a smaller one of the same job', () => {
    const at = bench();
    at.outbox.now(filler);
    expect(at.outbox.update('a', text('x'.repeat(90)))).to.equal(true);
    expect(at.outbox.update('b', text('x'.repeat(20)))).to.equal(false);
    expect(at.outbox.update('a', text('x'.repeat(80)))).to.equal(true);
    expect(at.outbox.update('b', text('x'.repeat(20)))).to.equal(true);
    expect(at.outbox.waiting()).to.equal(100);
  });

  it('never drops an end: it goes beyond the bound of updates, in place of what waits of its job, and nothing follows it', () => {
    const at = bench();
    at.outbox.now(filler);
    at.outbox.update('a', text('old', 'first '));
    expect(at.outbox.last('a', last(at, 'end'.repeat(50)))).to.equal(true);
    expect(at.outbox.update('a', text('late'))).to.equal(false);
    expect(at.outbox.last('a', last(at, 'again'))).to.equal(false);
    expect(at.events).to.deep.equal([]);
    at.drain();
    expect(at.writes.slice(1)).to.deep.equal([`first ${'end'.repeat(50)}`]);
    expect(at.events).to.deep.equal([`written ${'end'.repeat(50)}`]);
    expect(at.overflows).to.deep.equal([]);
  });

  it('tells of the writing of an end after the write, so that what is written then comes behind it', () => {
    const at = bench();
    at.outbox.last('a', {
      bytes: Buffer.from('end'),
      written: () => at.outbox.now(Buffer.from('after')),
      dropped: () => undefined,
    });
    expect(at.writes).to.deep.equal(['end', 'after']);
  });

  it('keeps the order: nothing overtakes what waits', () => {
    const at = bench();
    at.outbox.now(filler);
    at.outbox.update('a', text('a'));
    at.drain();
    at.outbox.now(filler);
    at.outbox.update('b', text('b'));
    at.outbox.last('c', last(at, 'c'));
    at.drain();
    expect(at.writes.slice(1)).to.deep.equal(['a', filler.toString(), 'b', 'c']);
  });

  it('stops draining when the socket is full again', () => {
    const at = bench();
    at.outbox.now(filler);
    for (const job of ['a', 'b', 'c']) at.outbox.update(job, text(`${job}-${'x'.repeat(10)}`));
    at.drain();
    expect(at.writes).to.have.length(2);
    at.drain();
    at.drain();
    expect(at.writes).to.have.length(4);
  });

  it('tells of too much on its way, socket and queue together', () => {
    const at = bench();
    at.outbox.now(filler);
    at.outbox.last('a', last(at, 'x'.repeat(280)));
    expect(at.overflows).to.deep.equal([]);
    at.outbox.last('b', last(at, 'x'.repeat(10)));
    expect(at.overflows).to.deep.equal([301]);
  });

  it('tells each end that still waits that it is dropped when the connection ends, and writes nothing more', () => {
    const at = bench();
    at.outbox.now(filler);
    at.outbox.last('a', last(at, 'end'));
    at.outbox.close();
    at.outbox.now(filler);
    at.drain();
    expect(at.outbox.update('b', text('b'))).to.equal(false);
    expect(at.outbox.last('c', last(at, 'c'))).to.equal(false);
    expect(at.events).to.deep.equal(['dropped end']);
    expect(at.writes).to.have.length(1);
  });
});
