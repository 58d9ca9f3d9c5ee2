// The adapter to one Buildbot master: puts the parts together behind the port of master.ts.

import { firstBuildSince, listBuilds, newestBuild } from './build-list.ts';
import { createBuilderNames } from './builder-names.ts';
import { createFinishedBuilds, lookAtBuild, lookAtFailedSteps, readBuildProperty } from './builds.ts';
import { checkMaster } from './check.ts';
import { createEndings } from './endings.ts';
import { askToRaise } from './raise.ts';
import { createEvents } from './events.ts';
import { createFleetReader } from './fleet-rows.ts';
import { forceBuilders } from './force.ts';
import { createHttp } from './http.ts';
import { logPath } from './hints.ts';
import { logPages, nextLines } from './log-pages.ts';
import { readLogs } from './logs.ts';
import type { Master } from './master.ts';
import { settle } from './options.ts';
import type { MasterOptions } from './options.ts';
import { lookAtBuildsOf, lookAtRequests, lookForBuildsets, lookForNewestBuildset } from './requests.ts';
import { createRest } from './rest.ts';
import { createSession } from './session.ts';
import { lookForUnclaimed } from './unclaimed.ts';

/** A client of one master. Nothing is sent before the first call. Throws a TypeError for an address that is none. */
export function createMaster(options: MasterOptions): Master {
  const settings = settle(options);
  const http = createHttp(settings);
  const session = createSession(http, settings);
  const rest = createRest(http, session, settings);
  const names = createBuilderNames(rest);
  const finished = createFinishedBuilds();
  const lookups = { rest, names, finished };
  const gap = (): void => {
    names.forget();
    finished.forget();
  };
  const askForEnd = createEndings(rest, settings);
  const events = createEvents({ settings, session, gap });
  return {
    check: () => checkMaster({ rest, session, settings }),
    fleet: createFleetReader(rest, names, settings),
    force: (call) => forceBuilders({ rest, names, settings }, call),
    newestBuildset: () => lookForNewestBuildset(rest),
    buildsets: (query) => lookForBuildsets(lookups, query),
    requests: (ids) => lookAtRequests(lookups, ids),
    buildsOf: (request) => lookAtBuildsOf(lookups, request),
    build: (id) => lookAtBuild(rest, finished, id),
    failedSteps: (id, lines) => lookAtFailedSteps(rest, id, lines),
    logs: (step) => readLogs(rest, step),
    logPages: (log, from) => logPages(rest, log, from),
    nextLines: (place, from) => nextLines(rest, place, from),
    buildProperty: (id, name) => readBuildProperty(rest, id, name),
    builds: (what) => listBuilds(lookups, what),
    newestBuild: () => newestBuild(rest),
    firstBuildSince: (seconds) => firstBuildSince(rest, seconds),
    unclaimed: (builder) => lookForUnclaimed({ rest, names }, builder),
    cancel: (request, reason) => askForEnd({ what: 'buildrequests', id: request, reason }),
    stop: (build, reason) => askForEnd({ what: 'builds', id: build, reason }),
    raise: (request) => askToRaise(rest, settings, request),
    watch: (listener) => {
      events.watch(listener);
    },
    listenToLog: (step) => events.hear(logPath(step)),
    watching: () => events.watching(),
    async close() {
      events.close();
      http.close();
    },
  };
}
