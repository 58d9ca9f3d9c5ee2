// Does once what the daemon does all day, and says so on stdout: a durable write, HTTP over TCP and over a Unix socket of
// mode 0660, a look-up, a worker thread, a child. Started by filter.test.ts under the unit's system call filter.

import { ClassicLevel } from 'classic-level';
import { spawnSync } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import { createServer, request, type RequestOptions } from 'node:http';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

const folder = process.argv[2] ?? '';

async function exchange(listen: string | number): Promise<number | undefined> {
  const server = createServer((_, response) => void response.end());
  await once(
    typeof listen === 'string' ? server.listen(listen) : server.listen(listen, '127.0.0.1'),
    'listening',
  );
  if (typeof listen === 'string') await chmod(listen, 0o660);
  const address = server.address();
  const to: RequestOptions =
    typeof address === 'string' ? { socketPath: address } : { host: '127.0.0.1', port: address?.port };
  const asked = request({ ...to, agent: false }).end();
  const [response] = (await once(asked, 'response')) as [{ statusCode?: number; resume(): void }];
  response.resume();
  server.close();
  return response.statusCode;
}

async function write(): Promise<string | undefined> {
  const store = new ClassicLevel(join(folder, 'store'));
  await store.put('key', 'value', { sync: true });
  const value = await store.get('key');
  await store.close();
  return value;
}

function mayChangePriority(): boolean {
  try {
    setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);
    return true;
  } catch {
    // EPERM is the answer that is looked for: the filter is really there.
    return false;
  }
}

const worker = new Worker('process.exitCode = 0', { eval: true });
const [ended] = (await once(worker, 'exit')) as [number];
process.stdout.write(
  JSON.stringify({
    written: await write(),
    tcp: await exchange(0),
    unix: await exchange(join(folder, 'control.sock')),
    address: (await lookup('localhost')).address !== '',
    worker: ended,
    child: spawnSync('systemd-notify', ['--version']).status,
    mayChangePriority: mayChangePriority(),
  }),
);
