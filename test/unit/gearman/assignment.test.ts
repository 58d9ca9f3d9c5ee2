import { expect } from 'chai';
import { parseAssignment } from '../../../src/gearman/assignment.ts';
import { isFunctionName, textOf } from '../../../src/gearman/wire-text.ts';

describe('a JOB_ASSIGN_UNIQ', () => {
  it('is taken apart, NULs of the payload and all', () => {
    expect(parseAssignment(Buffer.from('H:x:1\0build:ä\0id\0{\0}'))).to.deep.equal({
      handle: 'H:x:1',
      function: 'build:ä',
      unique: 'id',
      payload: Buffer.from('{\0}'),
    });
  });

  for (const [what, body] of [
    ['parts are missing', 'H:x:1\0build\0id'],
    ['the handle is empty', '\0build\0id\0'],
    ['the handle has a line end', 'H\n1\0build\0id\0'],
    ['the handle is too long', `${'H'.repeat(256)}\0build\0id\0`],
  ] as const)
    it(`is none where ${what}`, () => {
      expect(parseAssignment(Buffer.from(body))).to.equal(null);
    });

  it('keeps ids apart that are no UTF-8', () => {
    expect(textOf(Buffer.from([0xff]))).to.not.equal(textOf(Buffer.from([0xfe])));
    expect(textOf(Buffer.from('ä'))).to.equal('ä');
  });
});

describe('a function name', () => {
  it('may be long and hold any letter, but no control character', () => {
    expect(['build:a', 'build:ä b', 'x'.repeat(512)].every(isFunctionName)).to.equal(true);
    expect(
      ['', 'a\nb', 'a\tb', 'a\0b', 'a\x7fb', 'x'.repeat(513), 'ä'.repeat(257)].some(isFunctionName),
    ).to.equal(false);
  });
});
