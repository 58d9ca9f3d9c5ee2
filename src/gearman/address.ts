// `host:port` of a Gearman server.

export interface Address {
  readonly host: string;
  readonly port: number;
  /** As it was given; names the server everywhere. */
  readonly text: string;
}

/** Reads `host`, `host:port` or `[ip6]:port`; the port is 4730 where none is given. Throws with what was expected. */
export function parseAddress(text: string): Address {
  const found = /^(?:\[(?<ip6>[0-9a-fA-F:.]+)\]|(?<host>[A-Za-z0-9._-]+))(?::(?<port>\d{1,5}))?$/.exec(text);
  const port = Number(found?.groups?.['port'] ?? 4730);
  const host = found?.groups?.['ip6'] ?? found?.groups?.['host'];
  if (host === undefined || port < 1 || port > 65_535)
    throw new Error(
      `gearman server ${JSON.stringify(text)} is no address, expected "host:port" such as "127.0.0.1:4730"`,
    );
  return { host, port, text };
}
