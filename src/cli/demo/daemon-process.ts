// The daemon of the demo as a process of its own, from the very program that runs now: started, killed and started again.

import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch, ready, type Child } from '../../servers/process.ts';

const here = fileURLToPath(import.meta.url);
// main.js in dist, main.ts in a checkout.
const main = join(dirname(here), '..', '..', `main${extname(here)}`);

/** Milliseconds; the program may have to be compiled first. */
const startsWithin = 60_000;
const stopsWithin = 6_000;

export interface DaemonProcess {
  start(): Promise<void>;
  running(): boolean;
  /** SIGKILL, as a power cut would; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM, then SIGKILL; resolves when it is gone. May be called at any time. */
  stop(): Promise<void>;
  /** The last lines of its log and of what it said besides. */
  lastWords(): string;
}

// An installed daemon's places, and a service manager's socket, are not the demo's.
const foreign =
  /^(GEARBRIDGE_|RUNTIME_DIRECTORY$|STATE_DIRECTORY$|NOTIFY_SOCKET$|WATCHDOG_|CREDENTIALS_DIRECTORY$)/;

function environment(config: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return { ...Object.fromEntries(kept), GEARBRIDGE_CONFIG: config };
}

async function answers(web: string, signal: AbortSignal): Promise<true | null> {
  const answer = await fetch(new URL('readyz', web), { signal });
  await answer.arrayBuffer();
  return answer.ok ? true : null;
}

/** The daemon for this configuration file, whose pages are at `web`; it is not started yet. */
export function daemonProcess(config: string, web: string): DaemonProcess {
  let child: Child | null = null;
  return {
    async start() {
      child = await launch({
        name: 'gearbridge daemon',
        program: process.execPath,
        args: [...process.execArgv, main, 'daemon'],
        env: environment(config),
        diesBy: 'signal',
      });
      await ready(child, {
        name: 'gearbridge daemon',
        within: startsWithin,
        probe: (signal) => answers(web, signal),
      });
    },
    running: () => child?.running() === true,
    kill: async () => child?.kill(),
    stop: async () => child?.stop(stopsWithin),
    lastWords: () =>
      `${child?.output() ?? ''}\n${child?.words() ?? ''}`.trim().split('\n').slice(-5).join('\n'),
  };
}
