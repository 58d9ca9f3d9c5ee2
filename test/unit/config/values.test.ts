import { expect } from 'chai';
import fc from 'fast-check';
import { writeFile } from 'node:fs/promises';
import { formatAddress, parseAddress, parseWebUrl } from '../../../src/config/address.ts';
import { formatDuration, parseDuration } from '../../../src/config/duration.ts';
import { PasswordError, readPassword } from '../../../src/config/password.ts';
import { nearest } from '../../../src/config/suggest.ts';
import { folder, type Folder } from './sample.ts';

describe('values of the configuration', () => {
  it('read durations of seconds, minutes, hours and days, in milliseconds', () => {
    expect(['30s', '5m', '2h', '1d', '24d'].map(parseDuration)).to.deep.equal([
      30_000, 300_000, 7_200_000, 86_400_000, 2_073_600_000,
    ]);
    for (const text of [
      '',
      '0s',
      '5',
      's',
      '5 m',
      '5M',
      '-5m',
      '1.5h',
      '25d',
      '1h30m',
      '5ms',
      ' 5m',
      '9999999999s',
      '1e3s',
    ]) {
      expect(parseDuration(text), text).to.equal(null);
    }
  });

  it('read back every duration that they write', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 24 * 86_400 }), (seconds) => {
        expect(parseDuration(formatDuration(seconds * 1000))).to.equal(seconds * 1000);
      }),
    );
  });

  it('read addresses with names, IPv4 and IPv6, and write them back', () => {
    for (const text of ['localhost:1', '127.0.0.1:65535', '[::1]:4730', 'a-b.example.org:80']) {
      const address = parseAddress(text);
      expect(address && formatAddress(address)).to.equal(text);
    }
    for (const text of [
      '',
      ':1',
      'a',
      'a:',
      'a:0',
      'a:65536',
      '::1:80',
      'a b:1',
      'http://a:1',
      'a:1x',
      '[]:1',
      'a:123456',
    ]) {
      expect(parseAddress(text), text).to.equal(null);
    }
  });

  it('read web addresses, and end them with a slash', () => {
    expect(parseWebUrl('HTTP://x:80/a')).to.equal('http://x/a/');
    for (const text of [
      'x',
      'ftp://x',
      'http://',
      'http://x y',
      'http://u@x',
      'http://x?',
      'http://x#',
      'javascript:1',
    ]) {
      expect(parseWebUrl(text), text).to.equal(null);
    }
  });

  it('suggest what is near, and nothing that is not', () => {
    const known = ['manager', 'max_jobs', 'url', 'vcs'];
    expect(['manger', 'mangaer', 'maxjobs', 'Url', 'vc'].map((word) => nearest(word, known))).to.deep.equal([
      'manager',
      'manager',
      'max_jobs',
      'url',
      'vcs',
    ]);
    expect(['zzzz', 'x', '', 'm'.repeat(100_000)].map((word) => nearest(word, known))).to.deep.equal([
      null,
      null,
      null,
      null,
    ]);
  });
});

describe('the password file', () => {
  let place: Folder;
  beforeEach(async () => (place = await folder()));
  afterEach(() => place.dispose());

  it('gives its one line without the line end', async () => {
    for (const text of ['pass word', 'pass word\n', 'pass word\r\n']) {
      await writeFile(`${place.path}/p`, text);
      expect(await readPassword(`${place.path}/p`)).to.equal('pass word');
    }
  });

  it('is refused when it is empty, long, has two lines or is a folder, and its text is never said', async () => {
    for (const text of ['', '\n', 'hunter2\nhunter2', 'hunter2'.repeat(1000), null]) {
      if (text !== null) await writeFile(`${place.path}/p`, text);
      const [result] = await Promise.allSettled([
        readPassword(text === null ? place.path : `${place.path}/p`),
      ]);
      if (result.status === 'fulfilled') throw new Error(`taken: ${JSON.stringify(text)}`);
      expect(result.reason).to.be.instanceOf(PasswordError);
      expect(String(result.reason)).to.contain('expected').and.not.contain('hunter2');
    }
  });
});
