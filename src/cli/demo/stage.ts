// What the demo plays on: a folder of its own, a Gearman server, a Buildbot with its workers and the daemon, all on free loopback
// ports; and their end, of which nothing is left.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startBuildbot, type Buildbot } from '../../servers/buildbot.ts';
import { temporaryFolder, type Folder } from '../../servers/folder.ts';
import { onPort } from '../../servers/free-port.ts';
import { startGearmand, type Gearmand } from '../../servers/gearmand.ts';
import { endMarked } from '../../servers/leftovers.ts';
import { configText, fleet } from './config.ts';
import { daemonProcess, type DaemonProcess } from './daemon-process.ts';

export interface Stage {
  readonly folder: string;
  readonly config: string;
  /** `http://127.0.0.1:PORT/`. */
  readonly web: string;
  readonly buildbot: Buildbot;
  readonly gearmand: Gearmand;
  readonly daemon: DaemonProcess;
  /** Throws a sentence that names the server which is not there any more. */
  checkServers(): void;
}

export interface House {
  /** Starts everything; rejects with the last words of what did not start, or when the signal is aborted. */
  open(say: (text: string) => void, signal: AbortSignal): Promise<Stage>;
  /** To be called before `close` removes what is in the folder. */
  atEnd(end: () => Promise<void>): void;
  /** Ends everything, also what was started half; rejects with each thing that could not be ended. */
  close(): Promise<void>;
}

/** Makes the folder in which everything lives that the demo starts. */
export async function makeHouse(): Promise<House> {
  const before = process.env['TMPDIR'];
  const folder = await temporaryFolder('demo');
  // Every process takes its temporary files from here, and carries the folder's name by which what was left over is found.
  process.env['TMPDIR'] = folder.path;
  const ends: (() => Promise<void>)[] = [];
  return {
    open: (say, signal) => open({ folder, ends, say, signal }),
    atEnd: (end) => void ends.push(end),
    async close() {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
      await closed(folder, ends);
    },
  };
}

interface Opening {
  readonly folder: Folder;
  readonly ends: (() => Promise<void>)[];
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

async function open({ folder, ends, say, signal }: Opening): Promise<Stage> {
  say(
    'Starting a Buildbot master with its workers (Buildbot runs builds; each worker stands for a machine) and a Gearman server (the queue by which a gatekeeper hands out work) ...',
  );
  const [buildbot, gearmand] = await both(
    started(startBuildbot({ stepTimeout: 120, signal }), ends),
    started(startGearmand(), ends),
  );
  signal.throwIfAborted();
  say('Starting the gearbridge daemon, which stands between the two ...');
  const { daemon, web, config } = await onPort(undefined, async (port) => {
    const place = await configured(folder, { port, buildbot, gearmand });
    const child = daemonProcess(place.config, place.web);
    ends.push(() => child.stop());
    const giveUp = (): void => void child.kill();
    signal.addEventListener('abort', giveUp);
    try {
      await child.start();
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
    return { daemon: child, ...place };
  });
  const stage = { folder: folder.path, config, web, buildbot, gearmand, daemon };
  return { ...stage, checkServers: () => checkServers(stage) };
}

async function started<One extends { stop(): Promise<void> }>(
  start: Promise<One>,
  ends: Opening['ends'],
): Promise<One> {
  const one = await start;
  ends.push(() => one.stop());
  return one;
}

/** Both, or the first one's failure; never before both have come to an end, for what still starts cannot be stopped. */
async function both<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return Promise.all([a, b]);
}

interface Parts {
  readonly port: number;
  readonly buildbot: Buildbot;
  readonly gearmand: Gearmand;
}

async function configured(folder: Folder, parts: Parts): Promise<{ config: string; web: string }> {
  const config = join(folder.path, 'gearbridge.yaml');
  await writeFile(join(folder.path, 'buildbot.password'), parts.buildbot.users.gate, { mode: 0o600 });
  const { port } = parts;
  await writeFile(
    config,
    configText({ port, buildbot: parts.buildbot.url, gearman: parts.gearmand.address, builders: fleet }),
  );
  return { config, web: `http://127.0.0.1:${port}/` };
}

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    // ESRCH: it is gone, and its parent, this process, has taken notice.
    return false;
  }
}

function checkServers(stage: Omit<Stage, 'checkServers'>): void {
  const { buildbot, gearmand } = stage;
  if (!alive(buildbot.pid))
    throw new Error(`Buildbot (pid ${buildbot.pid}) ended by itself; start the demo again`);
  if (!alive(gearmand.pid))
    throw new Error(`gearmand (pid ${gearmand.pid}) ended by itself; it said: ${gearmand.log()}`);
}

async function closed(folder: Folder, ends: readonly (() => Promise<void>)[]): Promise<void> {
  const troubles: string[] = [];
  const tried = async (end: () => Promise<void>): Promise<void> => {
    try {
      await end();
    } catch (error) {
      troubles.push(error instanceof Error ? error.message : String(error));
    }
  };
  // Servers do not depend on one another's end; the daemon and the commands that wait for it take a moment each.
  await Promise.all(ends.map(tried));
  await tried(() => endMarked(`TMPDIR=${folder.path}`));
  await tried(() => folder.remove());
  if (troubles.length > 0) throw new Error(`not everything could be ended: ${troubles.join('; ')}`);
}
