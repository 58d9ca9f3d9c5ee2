// The two kinds of Gearman server that the adapter must get on with, under one set of words.

import type { ServerKind } from '../../../src/gate/job.ts';
import { startGearmand } from '../../../src/servers/gearmand.ts';
import { startGeard } from '../../geard/geard.ts';

export interface TestServer {
  readonly port: number;
  readonly address: string;
  /** Connections stay, nothing is answered. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
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
    start: (port) => startGearmand(port === undefined ? {} : { port }),
  },
  { kind: 'geard', name: 'the stand-in for geard', start: (port) => startGeard(port) },
];
