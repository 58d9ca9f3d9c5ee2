import { expect } from 'chai';
import { mayTouch } from '../../../../src/flakes/decide/touched.ts';

describe('a change may have touched what failed', () => {
  const table: [string | null, string, boolean][] = [
    ['test_ssl', 'Lib/test/test_ssl.py', true],
    ['test_ssl', 'Lib/ssl.py', true],
    ['test_ssl', 'Lib/test/certdata/keycert.pem', true],
    ['test_ssl', 'Lib/test/support/socket_helper.py', true],
    ['test_ssl', 'Lib/test/libregrtest/run.py', true],
    ['test_ssl', 'Lib/unittest/case.py', true],
    ['test_ssl', 'Modules/_json.c', true],
    ['test_ssl', 'Include/internal/pycore_gc.h', true],
    ['test_ssl', 'configure.ac', true],
    ['test_ssl', 'Makefile.pre.in', true],
    ['test_ssl', 'PCbuild/_ssl.vcxproj', true],
    ['test_ssl', 'conftest.py', true],
    ['test_ssl', 'pyproject.toml', true],
    ['test_httpservers', 'Lib/http/server.py', true],
    ['test_http_cookies', 'Lib/http/cookies.py', true],
    ['test_asyncio.test_events', 'Lib/asyncio/base_events.py', true],
    ['test_asyncio.test_events', 'Lib/test/test_asyncio/utils.py', true],
    ['test_asyncio.test_events', 'Lib/test/test_asyncio/test_locks.py', true],
    ['test_decimal', 'Lib/_pydecimal.py', true],
    [null, 'Lib/json/decoder.py', true],
    ['test_ssl', 'LIB\\SSL.PY', true],
    ['test_ssl', 'Lib/json/decoder.py', false],
    ['test_ssl', 'Lib/test/test_json/test_decode.py', false],
    ['test_ssl', 'Lib/test/test_json/data.txt', false],
    ['test_ssl', 'Doc/library/ssl.rst', false],
    ['test_ssl', 'Misc/NEWS.d/next/Library/2026-01-01.gh-issue-1.ssl.rst', false],
    ['test_ssl', 'README.md', false],
  ];
  for (const [file, path, touched] of table) {
    it(`${touched ? 'when' : 'but not when'} ${file ?? 'an unknown test'} failed and ${path} changed`, () => {
      expect(mayTouch([path], file)).to.equal(touched);
    });
  }

  it('when nobody says what it changed', () => {
    expect(mayTouch(null, 'test_ssl')).to.equal(true);
    expect(mayTouch([], 'test_ssl')).to.equal(true);
  });

  it('when one of many files is touched', () => {
    expect(mayTouch(['README.md', 'Lib/json/decoder.py', 'Lib/ssl.py'], 'test_ssl')).to.equal(true);
  });
});
