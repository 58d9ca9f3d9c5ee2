import { expect } from 'chai';
import fc from 'fast-check';
import { encodeFrame, request, response, splitArguments } from '../../../src/gearman/frame.ts';
import { createFrameReader, type FrameReader } from '../../../src/gearman/frame-reader.ts';
import { packetType } from '../../../src/gearman/packet-type.ts';

interface Read {
  readonly reader: FrameReader;
  readonly told: string[];
}

function reading(largest = 1000, longestLine = 100): Read {
  const told: string[] = [];
  const reader = createFrameReader(
    {
      frame: ({ body, magic, type }) => told.push(`${magic} ${type} ${body.toString('latin1')}`),
      readsPast: (type) => type === packetType.JOB_ASSIGN_UNIQ,
      tooLarge: ({ body, type }) => told.push(`too large ${type} ${body.length}`),
      line: (text) => told.push(`line ${text.toString('latin1')}`),
      broken: (why) => told.push(`broken ${why}`),
    },
    { largest, longestLine },
  );
  return { reader, told };
}

describe('a frame', () => {
  it('is a header of NUL, magic, type and length, and arguments parted by NUL', () => {
    expect(request(packetType.WORK_STATUS, 'H:1', '0', '100').toString('latin1')).to.equal(
      '\0REQ\0\0\0\x0c\0\0\0\x09H:1\x000\x00100',
    );
    expect(response(packetType.NOOP).toString('latin1')).to.equal('\0RES\0\0\0\x06\0\0\0\0');
  });

  it('counts bytes, not letters', () => {
    expect(request(packetType.CAN_DO, 'ä').readUInt32BE(8)).to.equal(2);
  });

  it('is cut into its arguments, the last of which keeps its NULs', () => {
    const parts = splitArguments(Buffer.from('a\0b\0c\0d'), 3);
    expect(parts?.map((part) => part.toString('latin1'))).to.deep.equal(['a', 'b', 'c\0d']);
    expect(splitArguments(Buffer.from('a\0b'), 3)).to.equal(null);
  });
});

describe('the frame reader', () => {
  it('reads the same whatever the chunks', () => {
    const packet = fc.record({
      magic: fc.constantFrom('REQ' as const, 'RES' as const),
      type: fc.constantFrom(packetType.WORK_DATA, packetType.JOB_ASSIGN_UNIQ, packetType.NOOP),
      body: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    });
    const line = fc.stringMatching(/^[a-z]{1,20}$/);
    fc.assert(
      fc.property(
        fc.array(fc.oneof(packet, line)),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
        (things, sizes) => {
          const bytes = Buffer.concat(
            things.map((thing) =>
              typeof thing === 'string'
                ? Buffer.from(`${thing}\r\n`)
                : encodeFrame(thing.magic, thing.type, [thing.body]),
            ),
          );
          const { reader, told } = reading(40);
          for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
            const size = sizes[turn % sizes.length]!;
            reader.push(bytes.subarray(at, at + size));
            at += size;
          }
          const expected = [];
          for (const thing of things) {
            if (typeof thing === 'string') expected.push(`line ${thing}`);
            else if (thing.body.length <= 40)
              expected.push(`${thing.magic} ${thing.type} ${thing.body.toString('latin1')}`);
            else if (thing.type === packetType.JOB_ASSIGN_UNIQ) expected.push(`too large ${thing.type} 40`);
            else {
              expected.push(
                `broken a packet of type ${thing.type} announces ${thing.body.length} bytes, 40 are the most that is read`,
              );
              break;
            }
          }
          expect(told).to.deep.equal(expected);
        },
      ),
    );
  });

  it('keeps nothing of the chunk that a long packet came in', () => {
    const { reader, told } = reading();
    const chunk = request(packetType.WORK_DATA, 'abc');
    reader.push(chunk.subarray(0, 14));
    const rest = Buffer.from(chunk.subarray(14));
    chunk.fill(0);
    reader.push(rest);
    expect(told).to.deep.equal(['REQ 28 abc']);
  });

  it('says nothing more after it broke off, and nothing after it was stopped', () => {
    const { reader, told } = reading();
    reader.push(Buffer.from('\0XYZ\0\0\0\x06\0\0\0\0', 'latin1'));
    reader.push(response(packetType.NOOP));
    expect(told).to.deep.equal(['broken bad magic XYZ in a packet']);
    const other = reading();
    other.reader.push(Buffer.from('half a l'));
    other.reader.stop();
    other.reader.push(Buffer.from('ine\n'));
    expect(other.told).to.deep.equal([]);
  });

  it('breaks off at a line that is too long, also when its end is there', () => {
    for (const text of ['x'.repeat(101), `${'x'.repeat(101)}\n`]) {
      const { reader, told } = reading();
      reader.push(Buffer.from(text));
      expect(told).to.deep.equal(['broken a text line of more than 100 bytes']);
    }
  });

  it('knows whether something has begun and not ended', () => {
    const { reader } = reading();
    const bytes = response(packetType.WORK_DATA, 'abc');
    const states = [...bytes].map((byte) => {
      reader.push(Buffer.from([byte]));
      return reader.isPartial();
    });
    expect(states).to.deep.equal([...Array<boolean>(14).fill(true), false]);
  });
});
