// The configuration as the daemon uses it: checked, with every default filled in. Durations are milliseconds, paths absolute.
// It shows no secret: a password stays in its file until it is sent (password.ts), that of Redis behind a function.

import type { JobDefinition, Platforms, Policy, StabilityLists } from '../gate/request.ts';

/** `host:port`, taken apart; an IPv6 host is without its brackets. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** PEM files, absolute; the certificate comes with its key. */
export interface TlsFiles {
  readonly ca: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
}

/** To servers that may be named otherwise than their certificates are. */
export interface ServerTls extends TlsFiles {
  /** Whether the certificate must bear the server's host name. */
  readonly hostNames: boolean;
}

export interface GearmanTls extends ServerTls {
  readonly oldest: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
}

export type GearmanConfig =
  | {
      readonly kind: 'servers';
      readonly servers: readonly Address[];
      /** null: plain TCP. */
      readonly tls: GearmanTls | null;
    }
  /** The daemon starts and minds a gearmand of its own. */
  | { readonly kind: 'embedded'; readonly listen: Address };

export interface BuildbotConfig {
  /** Always ends with a slash. */
  readonly url: string;
  /** null: no login. */
  readonly username: string | null;
  readonly passwordFile: string | null;
  readonly forceScheduler: string;
  /** null: as Node has it. */
  readonly tls: TlsFiles | null;
}

export interface RedisUrl {
  /** `redis:` or `rediss:` with user, host, port and database; no password. */
  readonly url: string;
  /** A function, so that nothing that shows a configuration can show it. */
  readonly password: () => string | null;
}

export interface RedisConfig {
  readonly driver: 'redis';
  /** For the control socket and caches alone. */
  readonly path: string;
  readonly address: RedisUrl;
  readonly prefix: string;
  /** Instead of the password of the address. */
  readonly passwordFile: string | null;
  /** null: asked directly. The host of the address is the name of the master otherwise. */
  readonly sentinels: readonly Address[] | null;
  readonly sentinelPasswordFile: string | null;
  /** Further nodes of its Cluster; null: it is none. */
  readonly cluster: readonly Address[] | null;
  /** null: as Node has it. */
  readonly tls: ServerTls | null;
}

export type StoreConfig = { readonly driver: 'embedded'; readonly path: string } | RedisConfig;

export interface WebConfig {
  readonly listen: Address;
  /** Always ends with a slash. */
  readonly publicUrl: string;
}

export interface FleetConfig {
  readonly stability: StabilityLists;
  /** In the order of the file. */
  readonly platforms: Platforms;
}

export interface RetentionConfig {
  /** Closed runs and their jobs are kept this many days (RUNS.md 9.7). */
  readonly keepDays: number;
  /** Finished builds and outcomes are kept this many days. */
  readonly historyDays: number;
}

export interface Config {
  readonly manager: string;
  readonly gearman: GearmanConfig;
  readonly buildbot: BuildbotConfig;
  readonly store: StoreConfig;
  readonly web: WebConfig;
  readonly fleet: FleetConfig;
  /** The folder; it may be missing. */
  readonly signatures: string;
  /** Runs at once (RUNS.md 2.5). */
  readonly maxJobs: number;
  readonly retention: RetentionConfig;
  /** In the order of the file; at least one; `policy` of each is in `policies`. */
  readonly jobs: readonly JobDefinition[];
  readonly policies: ReadonlyMap<string, Policy>;
}
