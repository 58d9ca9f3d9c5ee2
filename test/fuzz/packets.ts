// What a Gearman server and a gatekeeper may send: packets in chunks of any size, and the JSON in them, through reader, intake and stop.

import { digestOf, textOf } from '../../src/daemon/payload.ts';
import { readAsked } from '../../src/daemon/intake.ts';
import { keptParameters } from '../../src/gate/arguments.ts';
import type { JobDefinition, Policy } from '../../src/gate/request.ts';
import { readNamed } from '../../src/gate/stop-request.ts';
import { parseAssignment } from '../../src/gearman/assignment.ts';
import { response, type Frame } from '../../src/gearman/frame.ts';
import { createIncoming } from '../../src/gearman/incoming.ts';
import { packetType } from '../../src/gearman/packet-type.ts';
import { plainText } from '../../src/views/description.ts';
import { change } from '../stories/gate.ts';
import type { Chance } from './chance.ts';
import { expectAtMost, expectFit } from './held.ts';
import { mutateBytes, mutateJson, mutateText } from './mutate.ts';

const definition: JobDefinition = {
  name: 'gate',
  project: 'cpython',
  builders: { names: ['*'] },
  policy: 'gate',
  branches: ['main', '3.*'],
  repositories: ['https://*'],
  vcs: 'git',
  testSteps: ['test'],
  revision: 'proved',
  resultText: 'plain',
};
const deadlines = { offline: 1, queued: 1, running: 1, silent: 1, run: 1 };
const policy: Policy = { coverage: null, retries: 2, unheard: 'withdraw', deadlines };
const terms = { jobs: () => [definition], policies: () => new Map([['gate', policy]]) };

const parameters = change('a', {
  ZUUL_CHANGE: '1234',
  ZUUL_CHANGES: 'cpython:main:refs/changes/34/1234/5',
  GATE_FILES: 'Lib/os.py\nLib/test/test_os.py',
  LOG_PATH: '34/1234/5/gate',
});
const stop = { name: 'gate', number: '0a1b2c3d', html_description: '<b>waits</b>' };
const functions = [
  'build:gate',
  'build:gate:main',
  'stop:manager',
  'set_description:manager',
  'build:other',
] as const;

function payloadOf(chance: Chance): Buffer {
  const value = mutateJson(chance.one(4) ? stop : parameters, chance, 12);
  const text = JSON.stringify(value);
  return Buffer.from(chance.one(4) ? mutateText(text, chance) : text);
}

function packetOf(chance: Chance): Buffer {
  switch (chance.whole(8)) {
    case 0:
      return response(packetType.NOOP);
    case 1:
      return response(packetType.NO_JOB);
    case 2:
      return response(packetType.STATUS_RES, 'H:host:1', '1', '1', '5', '10');
    case 3:
      return response(packetType.ERROR, 'JOB_NOT_FOUND', 'Job given in work result not found');
    default: {
      const head = ['H:host:7', chance.pick(functions), `u-${chance.whole(1_000)}`] as const;
      const body = Buffer.concat([Buffer.from(`${head.join('\0')}\0`), payloadOf(chance)]);
      const header = response(packetType.JOB_ASSIGN_UNIQ).subarray(0, 8);
      const size = Buffer.alloc(4);
      size.writeUInt32BE(body.length);
      return Buffer.concat([header, size, body]);
    }
  }
}

/** What the daemon does with an assignment before a run exists. */
function takeIn(frame: Frame): void {
  const job = parseAssignment(frame.body);
  if (job === null) return;
  digestOf(job.payload);
  const text = textOf(job.payload);
  const asked = readAsked(terms, job.function, text);
  if (asked.kind === 'refused') expectFit(asked.why, 'a refusal');
  const kept = keptParameters(asked.values);
  expectAtMost(Object.keys(kept).length, 60, 'kept parameters');
  for (const value of Object.values(kept)) expectAtMost(value.length, 1_024, 'a kept parameter');
  const named = readNamed(text);
  if (named !== null) expectFit(plainText(named.description).replaceAll('\n', ' '), 'a description');
}

/** One connection that gets a few packets, good and bad; gives how many. */
export function feedPackets(chance: Chance): number {
  const count = 1 + chance.whole(16);
  const packets = Array.from({ length: count }, () => packetOf(chance));
  const bytes = packets.map((packet) => (chance.one(3) ? mutateBytes(packet, chance) : packet));
  const stream = Buffer.concat(bytes);
  const incoming = createIncoming({
    largest: 64 * 1024,
    within: 60_000,
    frame: (frame) => {
      if (frame.type === packetType.JOB_ASSIGN_UNIQ) takeIn(frame);
    },
    tooLarge: (frame) => expectAtMost(frame.body.length, 64 * 1024, 'a kept body'),
    status: () => !chance.one(4),
    serverError: (code, text) => expectFit(`${code} ${text}`, 'an ERROR'),
    stray: (name) => expectFit(name, 'the name of a packet'),
    broken: (why) => expectFit(why, 'why a connection is given up'),
  });
  for (let at = 0; at < stream.length;) {
    const size = 1 + chance.whole(chance.one(3) ? 8 : 4_096);
    incoming.push(stream.subarray(at, at + size));
    at += size;
  }
  incoming.stop();
  return count;
}
