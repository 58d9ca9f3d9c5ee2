// What goes into incidents, fingerprints and excuse keys (DESIGN.md section 6, FLAKES.md 6.2), through whole logs.

import { expect } from 'chai';
import { normalise } from '../../../src/flakes/normalise.ts';
import { redact } from '../../../src/flakes/redact.ts';
import { block, lib, trace } from './excerpts.ts';
import { read, type ReadOptions } from './read.ts';

function failed(id: string, error: string, frame = 'check'): string {
  const [, file = '', method = ''] = /^(test_\w+)\..*\.(\w+)$/.exec(id) ?? [];
  return `${'='.repeat(70)}
ERROR: ${method} (test.${id})
${'-'.repeat(70)}
Traceback (most recent call last):
  File "/b/Lib/test/${file}.py", line 12, in ${method}
  File "/b/Lib/${frame}.py", line 40, in ${frame}
${error}

`;
}

async function only(log: string, options?: ReadOptions) {
  const failures = await read(log, { format: 'raw', ...options });
  expect(failures).to.have.lengthOf(1);
  return failures[0]!;
}

async function incidents(...logs: string[]): Promise<Set<string>> {
  return new Set(await Promise.all(logs.map(async (log) => (await only(log)).incident)));
}

describe('the incident of a failure', () => {
  it('of a test is its exception, masked message and file, not its method', async () => {
    const one = failed('test_a.T.test_x', 'ValueError: at 0x7f12ab of pid 123');

    expect(
      await incidents(one, failed('test_a.U.test_y', 'ValueError: at 0x7e00ff of pid 77')),
    ).to.have.property('size', 1);
    expect(
      await incidents(one, failed('test_b.T.test_x', 'ValueError: at 0x7f12ab of pid 123')),
    ).to.have.property('size', 2);
    expect(
      await incidents(one, failed('test_a.T.test_x', 'KeyError: at 0x7f12ab of pid 123')),
    ).to.have.property('size', 2);
  });

  it('of the network is the innermost remote error, without test and wrapping exception', async () => {
    const plain = failed(
      'test_a.T.test_x',
      'socket.gaierror: [Errno -3] Temporary failure in name resolution',
    );
    const wrapped = failed(
      'test_b.T.test_y',
      'urllib.error.URLError: <urlopen error [Errno -3] Temporary failure in name resolution>',
    );
    const other = failed('test_a.T.test_x', 'socket.gaierror: [Errno -2] Name or service not known');

    expect((await only(plain)).kind).to.equal('network');
    expect(await incidents(plain, wrapped)).to.have.property('size', 1);
    expect(await incidents(plain, other)).to.have.property('size', 2);
  });

  it('of a full disk is the builder, whatever the test', async () => {
    const one = failed('test_a.T.test_x', 'OSError: [Errno 28] No space left on device');
    const link = 'ld: final link failed: No space left on device\n';
    const at = async (log: string, builder: string) => (await only(log, { builder })).incident;

    expect(await at(one, 'b1')).to.equal(await at(link, 'b1'));
    expect(await at(one, 'b1')).not.to.equal(await at(one, 'b2'));
  });

  it('of a changed environment is the resource, without the test; a bare count keeps it', async () => {
    const modified = (file: string) => `Warning -- os.environ was modified by ${file}\n`;
    const count = (file: string) =>
      `0:00:01 [1/1/1] ${file} failed (env changed)\nWarning -- threading_cleanup() failed to cleanup 1 threads (count: 1, dangling: 2)\n`;
    const left = (file: string) => `Warning -- ${file} leaked temporary files (1): pymp-${file.slice(-1)}7\n`;

    expect(await incidents(modified('test_a'), modified('test_b'))).to.have.property('size', 1);
    expect(await incidents(left('test_a'), left('test_b'))).to.have.property('size', 1);
    expect(await incidents(count('test_a'), count('test_b'))).to.have.property('size', 2);
  });

  it('of a leak is the file, without numbers or what leaked', async () => {
    const one = 'test_a leaked [1, 1, 1] references, sum=3\n';

    expect(await incidents(one, 'test_a leaked [9, 2, 4] memory blocks, sum=15\n')).to.have.property(
      'size',
      1,
    );
    expect(await incidents(one, 'test_b leaked [1, 1, 1] references, sum=3\n')).to.have.property('size', 2);
  });

  it('of a crash is the fatal text, of a bare signal also where it came, of a hang the test and where it stands', async () => {
    const crash = (file: string, text: string) => `0:00:01 [1/1] ${file}\nFatal Python error: ${text}\n`;
    const exit = (words: string) => `0:00:01 [1/1/1] test_a ${words}\n`;
    const hang = (name: string) =>
      `Timeout (0:20:00)!\nThread 0x01 (most recent call first):\n  File "/b/Lib/${name}.py", line 3 in ${name}\n  File "/b/Lib/test/test_a.py", line 9 in test_x\n`;

    const fatal = 'gc: refcount is too small';
    expect(await incidents(crash('test_a', fatal), crash('test_b', fatal))).to.have.property('size', 1);
    expect(await incidents(crash('test_a', 'Aborted'), crash('test_b', 'Aborted'))).to.have.property(
      'size',
      2,
    );
    const built = (command: string) => `${command}\nSegmentation fault (core dumped)\n`;
    expect(await incidents(built('./a --freeze'), built('./b --freeze'))).to.have.property('size', 2);
    expect(await incidents(built('./a --freeze'), built('./a --freeze'))).to.have.property('size', 1);
    expect(await incidents(crash('test_a', 'Aborted'), crash('test_a', 'Bus error'))).to.have.property(
      'size',
      2,
    );
    expect(
      await incidents(exit('crashed (Exit code -11)'), exit('process crashed (Exit code -11 (SIGSEGV))')),
    ).to.have.property('size', 1);
    const classed = `test_x (test.test_a.T.test_x) ... ${hang('wait')}`;
    expect((await only(classed)).testId).to.equal('test_a.T.test_x');
    expect(await incidents(hang('wait'), classed)).to.have.property('size', 1);
    expect(await incidents(hang('wait'), hang('read'))).to.have.property('size', 2);
  });

  it('of a crash by a signal is where it stands, and of an exit code the file', async () => {
    const crash = (file: string, name: string) =>
      `0:00:01 [1/1] ${file}\nFatal Python error: Segmentation fault\n\nCurrent thread 0x01 (most recent call first):\n  File "/b/Lib/${name}.py", line 3 in ${name}\n  File "/b/Lib/test/${file}.py", line 9 in test_x\n`;
    const exit = (file: string) => `0:00:01 [1/1/1] ${file} process crashed (Exit code -11 (SIGSEGV))\n`;

    expect(await incidents(crash('test_a', 'read'), crash('test_b', 'read'))).to.have.property('size', 1);
    expect(await incidents(crash('test_a', 'read'), crash('test_a', 'write'))).to.have.property('size', 2);
    expect(await incidents(exit('test_a'), exit('test_b'))).to.have.property('size', 2);
  });

  it('of an assertion is what was asserted, in the words of each C library', async () => {
    const words = [
      "python: Objects/a.c:12: f: Assertion `x > 0' failed.",
      'Assertion failed: (x > 0), function f, file Objects/a.c, line 12.',
      'Assertion failed: x > 0, file D:\\b\\Objects\\a.c, line 12',
    ];
    expect(await incidents(...words.map((said) => `0:00:01 [1/1] test_a\n${said}\n`))).to.have.property(
      'size',
      1,
    );
  });

  it('of an exception that could not be raised is the exception and its message', async () => {
    const left = (error: string) =>
      `test_x (test.test_a.T.test_x) ... Warning -- Unraisable exception\nException ignored in: <function f>\nTraceback (most recent call last):\n  File "/b/Lib/test/test_a.py", line 3, in f\n${error}\nok\n`;

    expect(await incidents(left('ValueError: one'), left('ValueError: two'))).to.have.property('size', 2);
    expect(await incidents(left('ValueError: one'), left('ValueError: one'))).to.have.property('size', 1);
  });

  it('does not depend on what another process printed below the message', async () => {
    const one = failed('test_a.T.test_x', 'ValueError: no');

    expect(
      await incidents(one, one.replace('ValueError: no\n', 'ValueError: no\nsome noise\n')),
    ).to.have.property('size', 1);
  });

  it('of a file coloured by the network is the cause’s', async () => {
    const cause = "fatal: unable to access 'https://h/x': Could not resolve host: h\n";
    const coloured = await only(`${cause}0:00:01 [1/2/1] test_urllibnet failed (2 errors)\n`);

    expect(coloured).to.include({ kind: 'network', testId: 'test_urllibnet' });
    expect(coloured.incident).to.equal((await only(cause)).incident);
  });

  it('does not depend on what else failed, and the fingerprint neither', async () => {
    const one = failed('test_a.T.test_x', 'ValueError: no');
    const alone = await only(one);
    const both = await read(failed('test_b.T.test_y', 'KeyError: 1') + one, { format: 'raw' });
    const again = both.find(({ testId }) => testId === 'test_a.T.test_x');

    expect(again).to.include({ incident: alone.incident, fingerprint: alone.fingerprint });
  });
});

describe('the incident of one cause in two builds', () => {
  const traced = (message: string): string =>
    block('ERROR: test_a (test.test_x.T.test_a)', trace(`${lib}/test_x.py`, 'test_a', message));
  const same: readonly (readonly [title: string, one: string, other: string])[] = [
    [
      'quotes of another language',
      "./a.c:1:2: error: 'x' undeclared (first use in this function)\n",
      './a.c:7:2: error: \u2018x\u2019 undeclared (first use in this function)\n',
    ],
    [
      'names of one exception before and since Python 3.3',
      traced("IOError: [Errno 2] No such file or directory: 'x'"),
      traced("OSError: [Errno 2] No such file or directory: 'x'"),
    ],
    [
      'the random end of a temporary name',
      traced("ValueError: not there: '/tmp/data_gitcfg_58cacxs0'"),
      traced("ValueError: not there: '/var/tmp/data_gitcfg_q9_zz_1a'"),
    ],
    [
      'the version of Python in the name of a library',
      traced('ImportError: libpython3.9.so.1.0: cannot open shared object file'),
      traced('ImportError: libpython3.12.so.1.0: cannot open shared object file'),
    ],
    [
      'how much unittest left out',
      traced("AssertionError: {'a'[2028 chars]None} != {'b'[2128 chars]alse}"),
      traced("AssertionError: {'a'[2006 chars]None} != {'b'[2106 chars]alse}"),
    ],
    [
      'the path that may not be written to',
      traced("PermissionError: [Errno 13] Permission denied: '/b/x/one'"),
      traced("PermissionError: [Errno 13] Permission denied: '/b/x/two'"),
    ],
    [
      'the test that left a thread with a name of its own, nor on the mark before it',
      'test_x (test.test_a.T.test_x) ... Warning -- threading_cleanup() failed to cleanup 1 threads (count: 1, dangling: 1)\nDangling thread: <_MainThread(MainThread, started 34393318400)>\nok\n',
      'test_y (test.test_b.U.test_y) ... Warning -- threading_cleanup() failed to clean up threads in 1.0 seconds\nWarning -- Dangling thread: <_MainThread(MainThread, started 17)>\nok\n',
    ],
    [
      'the start method of a test of processes',
      'test_x (test.test_multiprocessing_spawn.T.test_x) ... Warning -- Dangling processes: {<Process(Process-181, stopped daemon)>}\nok\n',
      'test_x (test.test_multiprocessing_forkserver.T.test_x) ... Warning -- Dangling processes: {<Process(Process-182, stopped daemon)>}\nok\n',
    ],
    [
      'where in a source it was said',
      traced('ValueError: Objects/x.c:123: bad call'),
      traced('ValueError: Objects/x.c:131: bad call'),
    ],
  ];
  for (const [title, one, other] of same) {
    it(`does not depend on ${title}`, async () => {
      const [left, right] = await Promise.all([read(one), read(other)]);

      expect(left).to.have.lengthOf(1);
      expect(left[0]?.incident).to.equal(right[0]?.incident);
    });
  }
});

describe('the incident of two causes', () => {
  const traced = (message: string): string =>
    block('ERROR: test_a (test.test_x.T.test_a)', trace(`${lib}/test_x.py`, 'test_a', message));
  const left = (id: string, thread: string): string =>
    `test_x (test.${id}.T.test_x) ... Warning -- threading_cleanup() failed to cleanup 1 threads (count: 1, dangling: 2)\nDangling thread: <${thread}>\nok\n`;
  const apart: readonly (readonly [title: string, one: string, other: string])[] = [
    [
      'the path that is not there',
      traced("OSError: [Errno 2] No such file or directory: '/b/x/one'"),
      traced("OSError: [Errno 2] No such file or directory: '/b/x/two'"),
    ],
    [
      'the number of an error',
      traced("OSError: [Errno 13] Permission denied: '/b/x/one'"),
      traced("OSError: [Errno 30] Read-only file system: '/b/x/one'"),
    ],
    [
      'the test that left a thread with a number',
      left('test_a', 'Thread(Thread-1 (f), started 17)'),
      left('test_b', 'Thread(Thread-1 (f), started 17)'),
    ],
    [
      'a thread with a name',
      left('test_a', '_MainThread(MainThread, started 17)'),
      left('test_a', 'Thread(reader, started 17)'),
    ],
    [
      'where a trap of WebAssembly came',
      'test_x (test.test_a.T.test_x) ... 1: wasm trap: out of bounds memory access\n',
      '$ wasmtime run python.wasm\n1: wasm trap: out of bounds memory access\n',
    ],
  ];
  for (const [title, one, other] of apart) {
    it(`depends on ${title}`, async () => {
      const [left, right] = [await only(one), await only(other)];

      expect(left.incident).not.to.equal(right.incident);
    });
  }
});

describe('the fingerprint of a failure', () => {
  it('tells kinds of exceptions, messages and the innermost frame apart, and no line numbers', async () => {
    const prints = async (...logs: string[]) =>
      new Set(await Promise.all(logs.map(async (log) => (await only(log)).fingerprint)));
    const one = failed('test_a.T.test_x', 'AssertionError: 1 != 2');

    expect(await prints(one, one.replaceAll('line 40', 'line 41'))).to.have.property('size', 1);
    expect(await prints(one, failed('test_a.T.test_x', 'AssertionError: 1 != 3'))).to.have.property(
      'size',
      2,
    );
    expect(await prints(one, failed('test_a.T.test_x', 'AssertionError: 1 != 2', 'other'))).to.have.property(
      'size',
      2,
    );
  });

  it('makes an excuse key with the test, and none where neither test nor frame is known', async () => {
    const one = await only(failed('test_a.T.test_x', 'ValueError: no'));

    expect(one.excuseKey).to.equal(`${one.fingerprint}:test_a.T.test_x`);
    expect(
      (await only('hsh\nhprogram finished with exit code 3\n', { format: 'contents' })).excuseKey,
    ).to.equal(null);
  });
});

describe('masking and redacting', () => {
  it('masks what differs from run to run and keeps small integers, errno and the name of a file', () => {
    expect(
      normalise('[Errno 104] of 0x7fe1 in /tmp/test_python_ab12/x/build.py took 3.25 sec at 127.0.0.1:43121'),
    ).to.equal('[Errno 104] of <hex> in <dir>/build.py took <duration> at 127.0.0.1:<port>');
    expect(normalise('1 != 2')).to.equal('1 != 2');
    expect(normalise('<SpawnProcess-7, started 4711> on Tue Jan  2 10:11:12 2029: 4e-06')).to.equal(
      '<SpawnProcess-<n>, started <n>> on <time>: <float>',
    );
  });

  it('takes secrets out of what is shown', async () => {
    const dump = `Warning -- os.environ was modified by test_a\nWarning --   Before: environ({'API_TOKEN': 'sesame1'})\n`;
    const leak = failed(
      'test_a.T.test_x',
      "ValueError: {'DB_PASSWORD': 'sesame2'} https://u:sesame3@h/ Authorization: Bearer sesame4",
    );

    expect(JSON.stringify(await read(dump + leak, { format: 'raw' }))).not.to.match(/sesame/);
    expect(redact('AWS_SECRET_ACCESS_KEY=abc rest')).to.equal('AWS_SECRET_ACCESS_KEY=[redacted] rest');
    expect(redact('plain text stays')).to.equal('plain text stays');
  });
});
