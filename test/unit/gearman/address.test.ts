import { expect } from 'chai';
import { parseAddress } from '../../../src/gearman/address.ts';

describe('the address of a Gearman server', () => {
  for (const [text, host, port] of [
    ['127.0.0.1:4730', '127.0.0.1', 4730],
    ['gate.example.org', 'gate.example.org', 4730],
    ['[::1]:14730', '::1', 14730],
    ['[2001:db8::7]', '2001:db8::7', 4730],
  ] as const)
    it(`is read from ${text}`, () => {
      expect(parseAddress(text)).to.deep.equal({ host, port, text });
    });

  for (const text of [
    '',
    ':4730',
    'host:',
    'host:0',
    'host:65536',
    'host:1e3',
    'a b:1',
    '::1:4730',
    'http://host:1',
    'host:4730\n',
  ])
    it(`is refused with what was expected: ${JSON.stringify(text)}`, () => {
      expect(() => parseAddress(text)).to.throw(
        `gearman server ${JSON.stringify(text)} is no address, expected "host:port"`,
      );
    });
});
