// Root hook: a file that leaves a process, a listening socket or a timer behind fails, by name of what it left.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Suite } from 'mocha';
import { listeners } from '../src/servers/listening.ts';

/** Milliseconds in which what was told to end may do so. */
const grace = 1000;
// Processes inherit it, also those whose parent is gone by the time we look.
const mark = `GEARBRIDGE_TESTS=${process.pid}`;
process.env['GEARBRIDGE_TESTS'] = String(process.pid);

/** What is there now: words for a thing by a key that names it for ever. Timers have no names, so they are counted. */
interface Inventory {
  readonly things: ReadonlyMap<string, string>;
  readonly timers: number;
}

let before: Inventory = { things: new Map(), timers: 0 };

export const mochaHooks = {
  async beforeAll(this: Mocha.Context): Promise<void> {
    before = await inventory();
    // A hook added now is the last one of its suite: it runs after all that the file cleans up by itself.
    for (const suite of root(this).suites) suite.afterAll('leaves nothing behind', check);
  },
  afterAll: check,
};

function root(context: Mocha.Context): Suite {
  let suite = context.runnable().parent;
  while (suite?.parent !== undefined) suite = suite.parent;
  if (suite === undefined) throw new Error('mocha runs this hook outside any suite');
  return suite;
}

async function check(this: Mocha.Context): Promise<void> {
  this.timeout(grace + 10_000);
  const end = performance.now() + grace;
  let now = await inventory();
  while (left(now).length > 0 && performance.now() < end) {
    await pause(20);
    now = await inventory();
  }
  const leaked = left(now);
  // The next file is not to be blamed for it.
  before = now;
  if (leaked.length > 0) throw new Error(`left behind: ${leaked.join('; ')}`);
}

function left(now: Inventory): readonly string[] {
  const things = [...now.things].filter(([key]) => !before.things.has(key)).map(([, words]) => words);
  const timers = now.timers - before.timers;
  return timers > 0 ? [...things, `${timers} timer${timers === 1 ? '' : 's'}`] : things;
}

async function inventory(): Promise<Inventory> {
  // Timers that are due now, and the one that woke us, are no leak: look from a fresh turn of the loop.
  await new Promise((resolve) => setImmediate(resolve));
  const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  return { things: new Map([...processes(), ...sockets()]), timers };
}

function* processes(): Generator<[string, string]> {
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    if (name === String(process.pid) || !ours(name)) continue;
    const command = read(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim();
    // tsx keeps its compiler as a child for as long as we live.
    if (command === '' || /\/esbuild --service=/.test(command)) continue;
    yield [`process ${name} ${command}`, `process ${name} (${command.slice(0, 200)})`];
  }
}

function ours(pid: string): boolean {
  if (read(`/proc/${pid}/environ`).split('\0').includes(mark)) return true;
  return /^PPid:\s+(\d+)$/m.exec(read(`/proc/${pid}/status`))?.[1] === String(process.pid);
}

function* sockets(): Generator<[string, string]> {
  const held = new Set(
    readdirSync('/proc/self/fd').map((name) => /^socket:\[(\d+)\]$/.exec(link(name))?.[1]),
  );
  const tables = [...listeners(read('/proc/net/tcp')), ...listeners(read('/proc/net/tcp6'))];
  for (const { port, inode } of tables) {
    if (held.has(inode)) yield [`socket ${inode}`, `a socket that listens on port ${port}`];
  }
  // Flag 00010000 is __SO_ACCEPTCON: it listens (include/uapi/linux/net.h of Linux).
  for (const row of read('/proc/net/unix').matchAll(/^\S+ \S+ \S+ 00010000 \S+ \S+ +(\d+)(?: (.*))?$/gm)) {
    const [, inode = '', path = ''] = row;
    if (held.has(inode)) yield [`socket ${inode}`, `a socket that listens on ${path}`];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // A process that ended while we looked is no leak; nor can one of another user be ours.
    return '';
  }
}

function link(name: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${name}`);
  } catch {
    // The descriptor by which the folder itself was read.
    return '';
  }
}
