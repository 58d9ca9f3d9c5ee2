#!/usr/bin/python3
"""Prints what regrtest would, without running a test: says.py [NAME...]

GATE_SAYS is what is to be said, words apart by blanks: `test_a=3` fails in the first three runs of this build (the first is
the vote's, or the first repeat), `rerun` passes the failures in a second try (exit code 5), `cut` ends before the summary,
`hang` says nothing more, `ms=300` takes so long each time, `stays=30` goes on for so many seconds after the last line.
`vote:`, `measure:` and `control:` before a word let it count for that role alone. With names only those files are run.
"""

import os
import sys
import time

from ci import bump, say

ROLE = os.environ.get("GATE_ROLE") or "vote"
FILES = ["test_bisect", "test_colorsys", "test_keyword"]


def wanted():
    """test file -> number of runs in which it fails; the bare words; and the seconds after the last line."""
    failing, words, stays = {}, set(), 0
    for word in os.environ.get("GATE_SAYS", "").split():
        role, colon, rest = word.rpartition(":")
        if colon and role != ROLE:
            continue
        name, equals, count = rest.partition("=")
        if equals:
            if name == "ms":
                time.sleep(int(count) / 1000)
            elif name == "stays":
                stays = int(count)
            else:
                failing[name] = int(count)
        else:
            words.add(name)
    return failing, words, stays


def block(name):
    rule = "=" * 70
    say(rule)
    say("FAIL: test_reply (test.%s.ReplyTest.test_reply)" % name)
    say("-" * 70)
    say("Traceback (most recent call last):")
    say('  File "/home/gate/build/Lib/test/%s.py", line 31, in test_reply' % name)
    say("    self.assertTrue(replied)")
    say("AssertionError: %s: no reply in time" % name)
    say()
    say("-" * 70)
    say("Ran 1 test in 0.004s")
    say()
    say("FAILED (failures=1)")


def main(names):
    failing, words, stays = wanted()
    run = bump("says")
    files = names or sorted({*FILES, *failing})
    failed = [name for name in files if run <= failing.get(name, 0)]
    while "hang" in words:
        time.sleep(3600)
    say("0:00:00 load avg: 0.41 Run tests sequentially (timeout: 20 min)")
    before = ""
    for at, name in enumerate(files, 1):
        bad = len([each for each in files[:at - 1] if each in failed])
        counts = "%d/%d/%d" % (at, len(files), bad) if bad else "%d/%d" % (at, len(files))
        say("0:00:00 load avg: 0.41 [%s] %s%s" % (counts, name, before))
        before = " -- %s failed (1 failure)" % name if name in failed else ""
        if name in failed:
            block(name)
            say("test %s failed" % name)
    if failed and failed[-1] == files[-1]:
        say("%s failed (1 failure)" % failed[-1])
    if "cut" in words:
        return 1
    again = failed and "rerun" in words
    if again:
        say()
        say("== Tests result: FAILURE ==")
        say()
        say("Re-running %d failed tests in verbose mode" % len(failed))
        for name in failed:
            say("Re-running %s in verbose mode" % name)
            say("test_reply (test.%s.ReplyTest.test_reply) ... ok" % name)
            say()
            say("-" * 70)
            say("Ran 1 test in 0.003s")
            say()
            say("OK")
    result = "FAILURE then SUCCESS" if again else "FAILURE" if failed else "SUCCESS"
    say()
    say("== Tests result: %s ==" % result)
    say()
    if len(failed) < len(files):
        good = len(files) - len(failed)
        say("%d test%s OK." % (good, "" if good == 1 else "s"))
        say()
    if failed and not again:
        say("%d test%s failed:" % (len(failed), "" if len(failed) == 1 else "s"))
        say("    " + " ".join(failed))
        say()
    if again:
        say("%d re-run test%s:" % (len(failed), "" if len(failed) == 1 else "s"))
        say("    " + " ".join(failed))
        say()
    say("Total duration: 120 ms")
    say("Tests result: %s" % result)
    time.sleep(stays)
    return 5 if again else 2 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
