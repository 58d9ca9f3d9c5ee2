// A real Chromium, driven over the WebDriver protocol by chromedriver.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../until.ts';

export interface Browser {
  open(url: string): Promise<void>;
  /** The value of a JavaScript function body in the page. */
  evaluate(body: string): Promise<unknown>;
  /** What the console said since the last call: errors of scripts, refused requests, violations of the policy. */
  complaints(): Promise<readonly string[]>;
  resize(width: number, height: number): Promise<void>;
  close(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const flags = [
  '--headless',
  '--no-sandbox',
  '--no-first-run',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-extensions',
  '--disable-sync',
];

function options(folder: string, javascript: boolean): object {
  const settings = { profile: { managed_default_content_settings: { javascript: 2 } } };
  return {
    binary: '/usr/bin/chromium',
    // What a browser does on its own behalf (updates, safe browsing, a start page) only delays the tests.
    args: [...flags, `--user-data-dir=${folder}`],
    ...(javascript ? {} : { prefs: settings }),
  };
}

/** Starts chromedriver and one browser. Debian's packages chromium and chromium-driver have them. */
export async function startBrowser({ javascript }: { javascript: boolean }): Promise<Browser> {
  const folder = await mkdtemp(join(tmpdir(), 'gearbridge-browser-'));
  const port = await freePort();
  const driver = spawn('/usr/bin/chromedriver', [`--port=${port}`], { stdio: 'ignore' });
  let failure: Error | null = null;
  driver.on('error', (error) => {
    failure = new Error(`chromedriver cannot be started; install chromium-driver: ${error.message}`);
  });
  const base = `http://127.0.0.1:${port}`;

  async function call(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<unknown> {
    if (failure !== null) throw failure;
    const answer = await fetch(`${base}${path}`, {
      method,
      signal: AbortSignal.timeout(30_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { value } = (await answer.json()) as { value: unknown };
    if (!answer.ok) throw new Error(`chromedriver refused ${path}: ${JSON.stringify(value).slice(0, 500)}`);
    return value;
  }

  await until(async () => ((await call('GET', '/status')) as { ready: boolean }).ready, {
    within: 15_000,
    what: 'chromedriver to be ready',
  });
  const capabilities = {
    alwaysMatch: {
      'goog:chromeOptions': options(folder, javascript),
      'goog:loggingPrefs': { browser: 'ALL' },
    },
  };
  const { sessionId } = (await call('POST', '/session', { capabilities })) as { sessionId: string };
  const session = `/session/${sessionId}`;
  return {
    async open(url) {
      await call('POST', `${session}/url`, { url });
    },
    evaluate: (body) => call('POST', `${session}/execute/sync`, { script: body, args: [] }),
    async complaints() {
      const lines = (await call('POST', `${session}/se/log`, { type: 'browser' })) as { message: string }[];
      return lines.map((line) => line.message);
    },
    async resize(width, height) {
      await call('POST', `${session}/window/rect`, { width, height });
    },
    async close() {
      const gone = new Promise((resolve) => driver.once('exit', resolve));
      await call('DELETE', session);
      driver.kill('SIGTERM');
      await gone;
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
