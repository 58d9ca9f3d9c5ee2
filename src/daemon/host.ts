// This host, as the gatekeeper's status page shows it (GATEKEEPER.md 2.2), and where the control socket is.

import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';

/** Name and addresses; the full name is what the system calls itself, no name server is asked. */
export function thisHost(): {
  readonly name: string;
  readonly fqdn: string;
  readonly ips: readonly string[];
} {
  const fqdn = hostname();
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const ips = addresses.filter((address) => !address.internal).map((address) => address.address);
  return { name: fqdn.split('.')[0] ?? fqdn, fqdn, ips };
}

/** `$RUNTIME_DIRECTORY/control.sock`, else `<store.path>/control.sock` (DESIGN.md section 6). systemd may name several folders, parted by colons. */
export function controlSocket(env: NodeJS.ProcessEnv, storePath: string): string {
  const runtime = env['RUNTIME_DIRECTORY']?.split(':')[0];
  return join(runtime === undefined || runtime === '' ? storePath : runtime, 'control.sock');
}
