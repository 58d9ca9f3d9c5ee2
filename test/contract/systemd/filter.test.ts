// Node and its drivers under the unit's own system call filter: a hardening that stops the daemon would be none.

import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const run = promisify(execFile);

describe('the system call filter of systemd/gearbridge.service', () => {
  let folder = '';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gearbridge-filter-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const probe = async (before: readonly string[]): Promise<unknown> => {
    const node = ['--import', 'tsx', here('filter-probe.ts'), folder];
    const command = [...before, process.execPath, ...node];
    return JSON.parse((await run('/usr/bin/env', command, { timeout: 15_000 })).stdout);
  };
  const everything = { written: 'value', tcp: 200, unix: 200, address: true, worker: 0, child: 0 };

  it('lets Node, the store, the sockets, a thread and a child do their work', async () => {
    const filter = ['/usr/bin/python3', here('under-filter.py'), here('../../../systemd/gearbridge.service')];

    expect(await probe(filter)).to.deep.equal({ ...everything, mayChangePriority: false });
  });

  it('is what forbids the one thing that the probe may do without it', async () => {
    expect(await probe([])).to.deep.equal({ ...everything, mayChangePriority: true });
  });
});
