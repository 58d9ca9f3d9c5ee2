// The port on both kinds of server.

import { connectGearmanClient } from '../../gearman-client.ts';
import { until } from '../../until.ts';
import { bothServers } from './both-servers.ts';
import { holdToThePort, type Stage } from './port.ts';
import { startProxy } from './proxy.ts';
import { startRecorder } from './recorder.ts';

type Start = (typeof bothServers)[number]['start'];

async function stageOn(start: Start): Promise<Stage> {
  let server = await start();
  const proxy = await startProxy(server.port);
  let client = await connectGearmanClient(server.port);
  const told = startRecorder([proxy.address]);
  return Object.assign(told, {
    server: proxy.address,
    submit: async (name: string, args: object, unique?: string) => {
      const job = await client.submit(name, args, unique === undefined ? {} : { unique });
      const named = (...names: string[]) => job.packets.filter((packet) => names.includes(packet.name));
      return {
        handle: job.handle,
        get objects() {
          const bodies = named('WORK_DATA', 'WORK_COMPLETE').map(({ body }) => body.toString());
          return bodies.map((body): unknown => JSON.parse(body));
        },
        ended: () =>
          named('WORK_COMPLETE').length > 0 ? 'complete' : named('WORK_FAIL').length > 0 ? 'fail' : null,
      } as const;
    },
    cut: () => proxy.link('build')?.reset(),
    async restart() {
      const { port } = server;
      client.close();
      await server.stop();
      server = await start(port);
      client = await connectGearmanClient(port);
    },
    until: async (condition: () => boolean, what: string) => {
      await until(condition, { within: 8_000, what });
    },
    settle: <Value>(promise: Promise<Value>) => promise,
    async stop() {
      client.close();
      await told.gearman.close();
      await proxy.stop();
      await server.stop();
    },
  });
}

for (const { kind, name, start } of bothServers) holdToThePort(name, { kind, start: () => stageOn(start) });
