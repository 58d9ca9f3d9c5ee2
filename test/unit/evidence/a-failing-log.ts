// A log of one failing test, as Buildbot's pages have it.

export const failing = `o======================================================================
oFAIL: test_x (test.test_a.T.test_x)
o----------------------------------------------------------------------
oTraceback (most recent call last):
o  File "/b/Lib/test/test_a.py", line 3, in test_x
o    self.assertEqual(1, 2)
oAssertionError: 1 != 2
o
oRan 1 test in 0.1s
o
oFAILED (failures=1)
hprogram finished with exit code 2
`;
