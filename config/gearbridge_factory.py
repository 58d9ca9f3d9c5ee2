# How a builder repeats tests when gearbridge measures a failure (Buildbot 3.7 to 4.x). Paste it into master.cfg, or put it
# beside and `from gearbridge_factory import GateRepeats`. Then give the step that runs the tests a class of its own:
#
#   class RegrTest(GateRepeats, steps.Test):
#       gate_command = ["./python", "-m", "test", "-j2", "-W", "--fail-env-changed", "--timeout", "1200"]
#
#   class PyTest(GateRepeats, steps.ShellCommand):
#       gate_command = ["python3", "-m", "pytest", "--pyargs"]
#
# and use it as before, f.addStep(RegrTest(command=["make", "buildbottest"])). The command of the step runs the whole suite;
# gate_command with the names of test files behind it runs those, once, and must not run failed ones again by itself. Its other
# settings (env, workdir, timeout, decodeRC, locks) serve both.
#
# Each repeat is a command of its own in the log of the step. So its exit code stands in a header line, which no test can write.

import re
import time

from twisted.internet import defer

from buildbot.process.results import SUCCESS, worst_status


class GateRepeats:
    """Put it before the class of the step. A build that has gate_tests runs them gate_repeat times and says so in gate_repeated."""

    gate_command = None
    gate_failures = 6           # more than five of twenty is no flake: enough is known
    gate_seconds = 2 * 3600     # no repeat begins later than this

    def gate_asked(self):
        """The names of the tests and how often, or None where the whole suite is to run."""
        names = str(self.getProperty("gate_tests") or "").split()
        times = str(self.getProperty("gate_repeat") or "")
        asked = names and all(re.fullmatch(r"[A-Za-z0-9_.]+", name) for name in names)
        return (names, int(times)) if asked and re.fullmatch(r"[1-9]|1[0-9]|20", times) else None

    @defer.inlineCallbacks
    def run(self):
        asked = self.gate_asked()
        if asked is None:
            return (yield super().run())
        names, times = asked
        self.setProperty("gate_repeated", str(times), "gearbridge")
        self.logfiles = {}      # reports of the whole suite; a second one of a name would be refused
        worst, failures, began = SUCCESS, 0, time.monotonic()
        for _ in range(times):
            cmd = yield self.makeRemoteShellCommand(command=[*self.gate_command, *names])
            yield self.runCommand(cmd)
            worst = worst_status(worst, cmd.results())
            failures += cmd.results() != SUCCESS
            late = time.monotonic() - began > self.gate_seconds
            if self.stopped or failures >= self.gate_failures or late:
                break
        return worst
