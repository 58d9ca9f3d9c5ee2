#!/usr/bin/python3
"""Prints what a Buildbot's database says of the requests under a gate's markers: ledger.py STATE.SQLITE COPY

The database is copied first, as it is at one moment, and the copy is read. One JSON list of requests, each with its builds.
"""

import json
import sqlite3
import sys

REQUESTS = """
SELECT r.id, s.reason, b.name AS builder, r.submitted_at AS submittedAt, r.complete_at AS completeAt, r.results,
       (SELECT group_concat(p.revision) FROM buildset_sourcestamps x JOIN sourcestamps p ON p.id = x.sourcestampid
        WHERE x.buildsetid = s.id) AS revision
FROM buildrequests r JOIN buildsets s ON s.id = r.buildsetid JOIN builders b ON b.id = r.builderid
WHERE s.reason LIKE '%gearbridge %' ORDER BY r.id
"""
BUILDS = """
SELECT id, buildrequestid, started_at AS startedAt, complete_at AS completeAt, results, state_string AS state,
       (SELECT value FROM build_properties WHERE buildid = builds.id AND name = 'got_revision') AS revision
FROM builds ORDER BY id
"""


def rows(connection, query):
    connection.row_factory = sqlite3.Row
    return [dict(row) for row in connection.execute(query)]


def main(source, copy):
    live = sqlite3.connect("file:%s?mode=ro" % source, uri=True, timeout=30)
    kept = sqlite3.connect(copy)
    live.backup(kept)
    live.close()
    builds = {}
    for build in rows(kept, BUILDS):
        # a property's value is JSON
        build["revision"] = build["revision"] and json.loads(build["revision"])
        builds.setdefault(build.pop("buildrequestid"), []).append(build)
    requests = rows(kept, REQUESTS)
    kept.close()
    json.dump([dict(request, builds=builds.get(request["id"], [])) for request in requests], sys.stdout)


main(*sys.argv[1:])
