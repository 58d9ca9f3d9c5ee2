import { expect } from 'chai';
import { mayTouch } from '../../../../src/flakes/decide/touched.ts';

type Row = [string | null, string, boolean];

/** What counts for each test: build files, the runner, what tests share. */
function always(path: string): Row {
  return ['test_ssl', path, true];
}

describe('a change may have touched what failed', () => {
  const table: Row[] = [
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
    ...['configure', 'sub/configure', 'configure.ac', 'aclocal.m4', 'Makefile', 'sub/Makefile.linux'].map(
      always,
    ),
    ...['setup.py', 'setup.cfg', 'tox.ini', 'CMakeLists.txt', 'meson.build', 'Cargo.lock', 'Cargo.toml'].map(
      always,
    ),
    ...[
      'go.mod',
      'go.sum',
      'package.json',
      'package-lock.json',
      'requirements.txt',
      'requirements-dev.txt',
    ].map(always),
    ...['a/b.mk', 'a/b.props', 'PCbuild/x.txt', 'sub/.ci/run', '.github/workflows/x.yml'].map(always),
    ...['unittest/x.py', 'Lib/pytest/x.py', 'Lib/_pytest/x.py', 'regrtest.py', 'Lib/doctest.py'].map(always),
    ...['test/data.txt', 'tests/data.txt', 'Lib/tests/data.txt'].map(always),
    ['test_ssl', 'Lib/json/run.cgi', false],
    ['test_ssl', 'Lib/json/unconfigure', false],
    ['test_ssl', 'Lib/json/configure.py', false],
    ['test_ssl', 'Lib/json/requirements.txt.py', false],
    ['test_ssl', 'Lib/json/a.make', false],
    ['test_ssl', 'Lib/json/x.shx', false],
    ['test_ssl', 'Lib/myunittest/x.py', false],
    ['test_ssl', 'Lib/mydoctest.py', false],
    ['test_ssl', 'Lib/json/latest/x.py', false],
    ['test_ssl', 'Doc/ssl.txt', false],
    ['test_ssl', 'Other/Doc/ssl.py', true],
    ['test_ssl', 'Lib/ssl.md.py', true],
    ['test_ssl', 'Lib/s.py', false],
    ['test_decimal', 'Lib/de.py', false],
    ['test_decimal', 'Lib/__decimal.py', true],
    // Folders that name no module.
    ...['lib', 'src', 'modules', 'objects', 'python', 'tools', 'misc'].map((folder): Row => [
      `test_py${folder}`,
      `${folder}/json/decoder.py`,
      false,
    ]),
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
