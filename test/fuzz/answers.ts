// What a Buildbot master, or whatever stands in its place, may answer and tell: every read of the adapter, over answers made bad, and events.

import { BuildbotError } from '../../src/buildbot/buildbot-error.ts';
import { listBuilds, newestBuild } from '../../src/buildbot/build-list.ts';
import { createBuilderNames } from '../../src/buildbot/builder-names.ts';
import { createFinishedBuilds, lookAtBuild, lookAtFailedSteps } from '../../src/buildbot/builds.ts';
import { createFleetReader } from '../../src/buildbot/fleet-rows.ts';
import { readFrame } from '../../src/buildbot/hints.ts';
import type { Http, Reply } from '../../src/buildbot/http.ts';
import { readLogs } from '../../src/buildbot/logs.ts';
import { settle } from '../../src/buildbot/options.ts';
import { lookAtRequests, lookForBuildsets, lookForNewestBuildset } from '../../src/buildbot/requests.ts';
import { createRest } from '../../src/buildbot/rest.ts';
import { createSession } from '../../src/buildbot/session.ts';
import { lookForUnclaimed } from '../../src/buildbot/unclaimed.ts';
import type { BuilderName } from '../../src/fleet/fleet.ts';
import type { BuildId, BuildsetId, RequestId } from '../../src/gate/ids.ts';
import type { Chance } from './chance.ts';
import { expectAtMost, expectFit } from './held.ts';
import { mutateBytes, mutateJson, mutateText } from './mutate.ts';

const debian = 'AMD64 Debian 3.x';
const properties = {
  got_revision: ['f00', 'Git'],
  workername: ['debian-1', 'Worker'],
  branch: ['main', 'Build'],
  owner: ['gate', 'Force Build Form'],
  gate_job: ['gate', 'Force Build Form'],
};
const build = {
  buildid: 7,
  number: 3,
  builderid: 1,
  buildrequestid: 5,
  workerid: 2,
  complete: true,
  started_at: 1_700_000_000,
  complete_at: 1_700_000_060,
  results: 2,
  state_string: 'failed test',
  properties,
};
const step = {
  stepid: 11,
  buildid: 7,
  number: 0,
  name: 'test',
  complete: true,
  results: 2,
  started_at: 1_700_000_001,
  complete_at: 1_700_000_050,
  state_string: 'test (failure)',
};
const stamp = {
  branch: 'main',
  revision: 'f00',
  repository: 'https://x/y',
  project: 'cpython',
  codebase: '',
};
const request = {
  buildrequestid: 5,
  buildsetid: 4,
  builderid: 1,
  claimed: true,
  complete: true,
  results: 2,
  complete_at: 1_700_000_060,
};
const rows: Readonly<Record<string, object>> = {
  builds: build,
  steps: step,
  buildrequests: request,
  buildsets: {
    bsid: 4,
    reason: "A build was forced by 'gate': gearbridge g x 1 vote k n",
    sourcestamps: [stamp],
  },
  builders: { builderid: 1, name: debian, tags: ['3.x'], masterids: [1] },
  workers: {
    name: 'debian-1',
    configured_on: [{ builderid: 1, masterid: 1 }],
    connected_to: [{ masterid: 1 }],
    paused: false,
    graceful: false,
  },
  logs: { logid: 9, stepid: 11, name: 'stdio', slug: 'stdio', type: 's', num_lines: 2, complete: true },
  logchunks: {
    logid: 9,
    firstline: 0,
    content: 'oFAIL: test_x (test.test_os.T)\nhprogram finished with exit code 1\n',
  },
};

/** The collection that a path asks for. */
function collectionOf(path: string): string {
  const [place = ''] = path.replace(/^api\/v2\//, '').split('?');
  const words = place.split('/').filter((word) => /^[a-z]+$/.test(word));
  const last = words.at(-1) ?? '';
  return last === 'contents' ? 'logchunks' : last;
}

function textOf(value: unknown): string {
  return JSON.stringify(value);
}

function replyTo(path: string, chance: Chance): Reply {
  const collection = collectionOf(path);
  const row = rows[collection];
  const body = { [collection]: row === undefined ? [] : [row], meta: { total: 1 } };
  const text = textOf(chance.one(8) ? body : mutateJson(body, chance, 14));
  const status = chance.one(12) ? chance.pick([301, 401, 403, 404, 429, 500, 502, 503]) : 200;
  return { status, text: chance.one(6) ? mutateText(text, chance) : text, location: '', cookies: [] };
}

function httpOf(chance: Chance): Http {
  let calls = 0;
  return {
    exchange({ path }) {
      calls += 1;
      // A lie must not make us ask for ever.
      expectAtMost(calls, 200, 'calls for one question');
      return Promise.resolve(replyTo(path, chance));
    },
    close: () => undefined,
  };
}

const ids = { build: 7 as BuildId, buildset: 3 as BuildsetId, request: 5 as RequestId };

/** One question with answers of a master that lies; every rejection must be the adapter's own. Gives how many answers were read. */
export async function feedAnswers(chance: Chance): Promise<number> {
  const settings = settle({ url: 'http://127.0.0.1:1/', scheduler: 'gate', stanza: '1' });
  const http = httpOf(chance);
  let answers = 0;
  const counted: Http = {
    ...http,
    exchange: (ask) => {
      answers += 1;
      return http.exchange(ask);
    },
  };
  const rest = createRest(counted, createSession(counted, settings), settings);
  const names = createBuilderNames(rest);
  const lookups = { rest, names, finished: createFinishedBuilds() };
  const questions: readonly [() => Promise<unknown>, ...(() => Promise<unknown>)[]] = [
    createFleetReader(rest, names, settings),
    () => lookAtRequests(lookups, [ids.request]),
    () =>
      lookForBuildsets(lookups, {
        after: ids.buildset,
        contains: 'gearbridge',
        unfinished: false,
        withRequests: true,
      }),
    () => lookForNewestBuildset(rest),
    () => lookAtBuild(rest, lookups.finished, ids.build),
    () => lookAtFailedSteps(rest, ids.build, 40),
    () => listBuilds(lookups, { above: 1, limit: 50 }),
    () => newestBuild(rest),
    () => readLogs(rest, 11),
    () => lookForUnclaimed({ rest, names }, debian as BuilderName),
  ];
  try {
    await chance.pick(questions)();
  } catch (error) {
    if (!(error instanceof BuildbotError)) throw error;
    expectFit(error.message, 'a BuildbotError');
    expectAtMost(error.message.length, 1_000, 'the message of a BuildbotError');
  }
  return answers;
}

const events: readonly [object, ...object[]] = [
  { k: 'builds/7/finished', m: build },
  { k: 'buildrequests/5/complete', m: request },
  { k: 'steps/11/finished', m: step },
  { k: 'workers/2/connected', m: { workerid: 2 } },
  { _id: 1, code: 200, msg: 'OK' },
];

/** One frame of the WebSocket, good or bad. */
export function feedEvent(chance: Chance): number {
  const text = textOf(mutateJson(chance.pick(events), chance, 10));
  const frame = readFrame(chance.one(4) ? mutateBytes(Buffer.from(text), chance).toString('utf8') : text);
  if (frame.kind === 'event' && frame.hint.kind === 'build')
    expectAtMost(frame.hint.seen?.state.length ?? 0, 500, 'the state of a build');
  return 1;
}
