// How the Redis of a configuration is reached: its files are read when a connection is made, so that replaced ones need no restart.

import type { ConnectionOptions } from 'node:tls';
import type { Address, RedisConfig } from './config.ts';
import { readPasswordNow } from './password.ts';
import { serverTlsSettings } from './pem.ts';

export interface RedisAccess {
  /** Without a password. */
  readonly url: string;
  /** Throws a `PasswordError`. */
  readonly password: () => string | null;
  readonly sentinels?: readonly Address[];
  /** Throws a `PasswordError`. */
  readonly sentinelPassword?: () => string;
  readonly cluster?: readonly Address[];
  /** Throws a `PemError`. */
  readonly tls?: () => ConnectionOptions;
}

/** What is left out of the configuration is left out here. */
export function redisAccess({ address, passwordFile, ...store }: RedisConfig): RedisAccess {
  const { sentinels, sentinelPasswordFile, cluster, tls } = store;
  return {
    url: address.url,
    password: passwordFile === null ? address.password : () => readPasswordNow(passwordFile),
    ...(sentinels !== null && { sentinels }),
    ...(sentinelPasswordFile !== null && { sentinelPassword: () => readPasswordNow(sentinelPasswordFile) }),
    ...(cluster !== null && { cluster }),
    ...(tls !== null && { tls: serverTlsSettings(tls) }),
  };
}
