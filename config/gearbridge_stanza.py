# What a Buildbot master (3.7 to 4.x) needs so that gearbridge can use it as a gate. Paste it into master.cfg, or put it
# beside and `from gearbridge_stanza import gate_scheduler, gate_rules, gate_roles`. Then:
#
#   c["schedulers"].append(gate_scheduler([builder.name for builder in c["builders"]]))
#   c["www"]["authz"] = util.Authz(
#       allowRules=gate_rules() + [..., util.AnyControlEndpointMatcher(role="admins")],
#       roleMatchers=gate_roles(["gate"]) + [...])
#   c["collapseRequests"] = False
#
# The general rule at the end is needed: what no rule matches, Buildbot allows to everybody. gearbridge logs in with a
# user name and a password (UserPasswordAuth, HTPasswdAuth, CustomAuth); an OAuth master has no door for a program.
#
# collapseRequests: Buildbot merges queued requests for one commit, whoever forced them, and the merged one turns green
# without a build. gearbridge notices and forces again, which costs time. BuilderConfig takes the option as well.

from twisted.internet import defer

from buildbot.plugins import schedulers, util
from buildbot.www.authz.endpointmatchers import EndpointMatcherBase, Match

# `gearbridge config check --online` compares it with what it knows.
GATE_STANZA = "1"


def gate_field(name, default="", maxsize=255):
    # No pattern here: gearbridge has checked the values. The lengths are those of Buildbot's own tables.
    return util.StringParameter(name=name, default=default, maxsize=maxsize)


def gate_scheduler(builder_names, more_fields=()):
    """The scheduler that gearbridge forces builds with; more_fields are yours."""
    return schedulers.ForceScheduler(
        name="gate",
        builderNames=list(builder_names),
        codebases=[util.CodebaseParameter(
            "",
            branch=gate_field("branch"),            # a ref such as refs/zuul/main/Z0123... that a Git step can fetch
            revision=gate_field("revision"),        # the very commit; the build proves it with got_revision
            repository=gate_field("repository", maxsize=512),
            project=gate_field("project", maxsize=512))],
        # It holds the marker by which gearbridge finds a request again when an answer was lost.
        reason=gate_field("reason", default="gate"),
        username=util.UserNameParameter(need_email=False),
        properties=[
            util.FixedParameter(name="gate_stanza", default=GATE_STANZA),
            gate_field("gate_job"),                 # the job's name
            gate_field("gate_uuid"),                # its number
            gate_field("gate_attempt", default="1"),
            gate_field("change_ref"),
            gate_field("gate_role", default="vote"),    # vote, measure or control
            gate_field("gate_tests", maxsize=10000),    # measure, control: repeat these tests ...
            gate_field("gate_repeat"),                  # ... so often, where the factory honours it
            *more_fields])


class GateMayCancel(EndpointMatcherBase):
    # StopBuildEndpointMatcher knows running builds only; a queued request is not stopped but cancelled.
    def match_BuildRequestEndpoint_cancel(self, epobject, epdict, options):
        return defer.succeed(Match(self.master))
    # `gearbridge jobs promote`, where Buildbot knows it (from 3.9).
    match_BuildRequestEndpoint_set_priority = match_BuildRequestEndpoint_cancel


def gate_rules():
    """To stand before the general rules. Who is not the gate goes on to your own rules."""
    return [
        GateMayCancel(role="gate", defaultDeny=False),
        util.StopBuildEndpointMatcher(role="gate", defaultDeny=False),
        util.ForceBuildEndpointMatcher(role="gate", defaultDeny=False),
    ]


def gate_roles(user_names):
    """Who is the gate: the user names that gearbridge logs in with."""
    return [util.RolesFromUsername(roles=["gate"], usernames=list(user_names))]
