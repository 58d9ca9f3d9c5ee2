import { expect } from 'chai';
import { parseRedisUrl } from '../../../src/config/address.ts';

describe('the URL of Redis', () => {
  it('is kept without its password, which only a call gives', () => {
    const read = parseRedisUrl('redis://gate:p%40ss@redis.example.org:6380/3');
    expect(read?.url).to.equal('redis://gate@redis.example.org:6380/3');
    expect(read?.password()).to.equal('p@ss');
    expect(JSON.stringify(read)).not.to.contain('p@ss');
  });

  it('may have no user, no password and no database, and TLS', () => {
    expect(parseRedisUrl('rediss://h')?.password()).to.equal(null);
    expect(parseRedisUrl('redis://:secret@[::1]:1/0')?.password()).to.equal('secret');
  });

  for (const wrong of [
    'http://h/0',
    'redis:',
    'redis://h/x',
    'redis://h/0?db=1',
    'redis://h/0#a',
    'redis://a b/0',
    'redis://:%GG@h',
  ]) {
    it(`is not ${wrong}`, () => {
      expect(parseRedisUrl(wrong)).to.equal(null);
    });
  }
});
