// Where the next connection goes, and with which secrets. They are read anew for each one: a renewed file needs no restart.
//
// A Cluster is one connection as well, for all our keys lie in one slot: a node that has not got it names the one that has (MOVED). The
// driver's own client for a Cluster sends a write again by itself when its connection broke, and a write that was done must not be.

import type { RedisOptions } from 'ioredis';
import type { Endpoint, RedisAddress } from './address.ts';

/** The driver takes no undefined for the one left out. */
export type Options = Omit<RedisOptions, 'replyMapping'>;

export interface Route {
  /** What the driver reads before its first connection. Throws what the secrets throw. */
  first(): Options;
  /**
   * Makes the options of the driver right for its next try, the how many-th since it was ready. Throws what the secrets throw; they are
   * as before then.
   */
  next(options: RedisOptions, tries: number): void;
  /** Whether an error says that another server must be asked; the next try goes there. */
  leadsAway(error: Error): boolean;
}

/** Of a Cluster one that is not there costs at most this, in milliseconds. */
const oneOfMany = 3_000;
const alone = 10_000;
const defaultPort = 6379;

export function createRoute(address: RedisAddress): Route {
  const url = new URL(address.url);
  const named = { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || defaultPort) };
  const nodes = [named, ...(address.cluster ?? [])];
  let at: Endpoint = named;
  let told = false;
  const another = (): Endpoint => nodes[(indexOf(nodes, at) + 1) % nodes.length] ?? named;
  const go = (to: Endpoint): boolean => {
    at = to;
    told = true;
    return true;
  };
  return {
    first: () => ({
      ...(address.sentinels === undefined
        ? named
        : { name: named.host, sentinels: address.sentinels.map((each) => ({ ...each })) }),
      ...secrets(address),
      ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
      db: Number(url.pathname.slice(1)),
      connectTimeout: nodes.length > 1 || address.sentinels !== undefined ? oneOfMany : alone,
    }),
    next(options, tries) {
      // A connection that broke is no reason to ask elsewhere; one that cannot be made is.
      if (!told && tries > 1) at = another();
      told = false;
      Object.assign(options, address.sentinels === undefined ? at : {}, secrets(address));
    },
    leadsAway({ message }) {
      const [, host, port] = /^MOVED \d+ (.*):(\d+)$/.exec(message) ?? [];
      // Without a host it means the one that was asked.
      if (port !== undefined) return go({ host: host || at.host, port: Number(port) });
      if (nodes.length > 1 && message.startsWith('CLUSTERDOWN')) return go(another());
      // After a failover the address may lead to the new master (Sentinel, a proxy, DNS); the old one is a replica now.
      return message.startsWith('READONLY');
    },
  };
}

/** -1, and so the first one next, for a node that only another node named. */
function indexOf(nodes: readonly Endpoint[], { host, port }: Endpoint): number {
  return nodes.findIndex((node) => node.host === host && node.port === port);
}

function secrets(address: RedisAddress): Options {
  const password = address.password();
  const ofSentinels = address.sentinelPassword?.() ?? null;
  const tls = address.url.startsWith('rediss:') ? (address.tls?.() ?? {}) : undefined;
  return {
    ...(password === null ? {} : { password }),
    ...(ofSentinels === null ? {} : { sentinelPassword: ofSentinels }),
    ...(tls === undefined ? {} : { tls, sentinelTLS: tls, enableTLSForSentinelMode: true }),
  };
}
