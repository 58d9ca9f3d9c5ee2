import { expect } from 'chai';
import { createRegistration } from '../../../src/gearman/registration.ts';

/** `CAN_DO` is 1, `CANT_DO` is 2. */
function shown(bytes: Buffer | null): string[] {
  const found: string[] = [];
  for (let at = 0; bytes !== null && at < bytes.length; at += 12 + bytes.readUInt32BE(at + 8))
    found.push(
      `${bytes.readUInt32BE(at + 4)} ${bytes.toString('utf8', at + 12, at + 12 + bytes.readUInt32BE(at + 8))}`,
    );
  return found;
}

describe('the functions of a connection', () => {
  it('are registered in one write, each once (gearmand counts a second CAN_DO as a second worker)', () => {
    const functions = createRegistration();
    expect(shown(functions.serve(new Set(['a', 'b'])))).to.deep.equal(['1 a', '1 b']);
    expect(functions.serve(new Set(['b', 'a']))).to.equal(null);
    expect(shown(functions.serve(new Set(['a', 'b', 'c'])))).to.deep.equal(['1 c']);
    expect(functions.leaving()).to.equal(null);
  });

  it('leave when they are no longer wanted, never one that is not registered (checklist 9)', () => {
    const functions = createRegistration();
    functions.serve(new Set(['a', 'b']));
    functions.serve(new Set(['b']));
    expect(shown(functions.leaving())).to.deep.equal(['2 a']);
    expect(functions.leaving()).to.equal(null);
    expect([functions.has('a'), functions.has('b')]).to.deep.equal([false, true]);
  });

  it('stay until the last job of theirs has ended (checklist 9)', () => {
    const functions = createRegistration();
    functions.serve(new Set(['a']));
    functions.began('a');
    functions.began('a');
    functions.serve(new Set());
    functions.ended('a');
    expect(functions.leaving()).to.equal(null);
    expect(functions.has('a')).to.equal(true);
    functions.ended('a');
    expect(shown(functions.leaving())).to.deep.equal(['2 a']);
  });

  it('stay registered when they are wanted again before they left', () => {
    const functions = createRegistration();
    functions.serve(new Set(['a']));
    functions.began('a');
    functions.serve(new Set());
    expect(functions.serve(new Set(['a']))).to.equal(null);
    functions.ended('a');
    expect(functions.leaving()).to.equal(null);
  });
});
