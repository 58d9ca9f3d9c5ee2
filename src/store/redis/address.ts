// How Redis is reached: one server, the master that Sentinels name, or the node of a Cluster that has our slot.

import type { ConnectionOptions } from 'node:tls';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface RedisAddress {
  /** `redis:` or `rediss:` with host, port, database and user; no password. It is safe to show. */
  readonly url: string;
  /** Asked before each connection; may throw an Error that says what is wrong, without the secret. */
  readonly password: () => string | null;
  /** Sentinels that say where the master is; the host of the URL is its name there. */
  readonly sentinels?: readonly Endpoint[];
  /** Of the Sentinels; as `password`. */
  readonly sentinelPassword?: () => string | null;
  /** Further nodes of the Cluster of which the URL names one. */
  readonly cluster?: readonly Endpoint[];
  /** Settings of `rediss:`, asked before each connection; may throw as `password`. */
  readonly tls?: () => ConnectionOptions;
  /** Milliseconds to wait for it at the start; default 10 s. */
  readonly patience?: number;
}
