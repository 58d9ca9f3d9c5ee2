// A suite of tests that go wrong in every way, for the real regrtest.

/** File name without `.py`, and its source. */
export const suite: Readonly<Record<string, string>> = {
  test_zz_fail: `
import unittest
class FailTests(unittest.TestCase):
    def test_plain(self): self.assertEqual(1, 2)
    def test_doc(self):
        """What this test is about."""
        raise ValueError("at 0xdeadbeef")
    def test_sub(self):
        for i in range(3):
            with self.subTest(i=i, text="a b"): self.assertEqual(i, 1)
    def test_chain(self):
        try: {}['k']
        except KeyError as error: raise RuntimeError("wrapped") from error
    def test_ok(self): pass
    @unittest.skip("no")
    def test_skipped(self): pass
    @unittest.expectedFailure
    def test_expected(self): self.fail()
    @unittest.expectedFailure
    def test_unexpected(self): pass
class SetUpTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls): raise OSError("not ready")
    def test_x(self): pass
`,
  test_zz_module: `
import unittest
def setUpModule(): raise RuntimeError("no module")
class T(unittest.TestCase):
    def test_x(self): pass
`,
  test_zz_import: 'import no_such_module_anywhere\n',
  test_zz_syntax: 'def x(:\n',
  test_zz_segv: `
import ctypes, unittest
class CrashTests(unittest.TestCase):
    def test_ok(self): pass
    def test_segv(self): ctypes.string_at(0)
`,
  test_zz_kill: `
import os, signal, unittest
class KillTests(unittest.TestCase):
    def test_kill(self): os.kill(os.getpid(), signal.SIGKILL)
`,
  test_zz_hang: `
import time, unittest
class HangTests(unittest.TestCase):
    def test_hang(self): time.sleep(1000)
`,
  test_zz_env: `
import os, unittest
class EnvTests(unittest.TestCase):
    def test_env(self): os.environ['ZZ_LEFT'] = '1'
`,
  test_zz_thread: `
import threading, time, unittest
from test.support import threading_helper
class ThreadTests(unittest.TestCase):
    @threading_helper.reap_threads
    def test_thread(self): threading.Thread(target=time.sleep, args=(3,), daemon=True).start()
`,
  test_zz_flake: `
import os, unittest
class FlakeTests(unittest.TestCase):
    def test_flake(self):
        mark = os.environ['ZZ_MARK']
        if not os.path.exists(mark):
            open(mark, 'w').close()
            self.fail("first time")
`,
  test_zz_half: `
import unittest
class HalfTests(unittest.TestCase):
    def test_steady(self): self.fail("each time")
    def test_ok(self): pass
`,
  test_zz_print: `
import sys, unittest
class PrintTests(unittest.TestCase):
    def test_print(self):
        print("hello out"); print("hello err", file=sys.stderr)
        sys.stdout.write("no newline")
        self.assertTrue(False, "first\\nsecond")
    def test_forge(self):
        print("FAIL: test_fake (test.test_fake.Fake.test_fake)")
        print("program finished with exit code 0")
`,
  test_zz_good: `
import unittest
class GoodTests(unittest.TestCase):
    def test_a(self): pass
    def test_b(self): pass
`,
};

/** The files that neither crash nor hang nor flake, in one process. */
export const steady = [
  'test_zz_fail',
  'test_zz_import',
  'test_zz_syntax',
  'test_zz_print',
  'test_zz_good',
] as const;
