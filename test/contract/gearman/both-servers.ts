// The two kinds of Gearman server that the adapter must get on with, under one set of words.

import { readFile } from 'node:fs/promises';
import type { ServerKind } from '../../../src/gate/job.ts';
import { startGearmand } from '../../../src/servers/gearmand.ts';
import { startGeard } from '../../geard/geard.ts';
import { until } from '../../until.ts';

export interface TestServer {
  readonly port: number;
  readonly address: string;
  /** Connections stay, nothing is answered once this has resolved. */
  freeze(): Promise<void>;
  thaw(): void;
  stop(): Promise<void>;
}

async function startRealOne(port?: number): Promise<TestServer> {
  const server = await startGearmand(port === undefined ? {} : { port });
  const isStopped = async () => / T /.test(await readFile(`/proc/${server.pid}/stat`, 'utf8'));
  return {
    ...server,
    // A signal is on its way for a moment, in which its threads may still answer.
    async freeze() {
      server.freeze();
      await until(isStopped, { within: 5_000, what: 'gearmand to be stopped' });
    },
  };
}

async function startStandIn(port?: number): Promise<TestServer> {
  const server = await startGeard(port);
  return {
    ...server,
    freeze: () => {
      server.freeze();
      return Promise.resolve();
    },
  };
}

/** Each with its kind, its name in titles, and its start on a port (without one: a free one). */
export const bothServers: readonly {
  readonly kind: ServerKind;
  readonly name: string;
  readonly start: (port?: number) => Promise<TestServer>;
}[] = [
  {
    kind: 'gearmand',
    name: "Debian's gearmand",
    start: startRealOne,
  },
  { kind: 'geard', name: 'the stand-in for geard', start: startStandIn },
];
