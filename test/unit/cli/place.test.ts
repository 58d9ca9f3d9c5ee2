import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { placeToAct } from '../../../src/cli/place.ts';

const text = `
manager: gate.test
gearman: { servers: ["127.0.0.1:4730"] }
buildbot: { url: "http://127.0.0.1:8010/", username: gate, password_file: not-ours-to-read, force_scheduler: gate }
store: { driver: embedded, path: store }
fleet: { stable: ["*"] }
jobs: [{ name: gate, project: cpython, builders: { names: ["*"] }, policy: gate }]
policies: { gate: {} }
`;

describe('the place where a command asks', () => {
  let folder: string;
  let daemon: Server;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'place-'));
    await mkdir(join(folder, 'store'));
    await writeFile(join(folder, 'gearbridge.yaml'), text);
    daemon = createServer((_, response) => response.end('{}'));
    await once(daemon.listen(join(folder, 'store', 'control.sock')), 'listening');
  });

  after(async () => {
    await once(daemon.close(), 'close');
    await rm(folder, { recursive: true });
  });

  it("is the socket in the store of the file that is named, also for a user who cannot read the daemon's password", async () => {
    const config = join(folder, 'gearbridge.yaml');
    const common = { config, configNamed: true, url: null, urlNamed: false, json: false, color: false };
    expect(await placeToAct(common, {})).to.deep.equal({
      kind: 'socket',
      path: join(folder, 'store', 'control.sock'),
    });
  });
});
