// Who listens on a port, by Linux's own tables: a port that answers may be somebody else's.

import { readdir, readFile, readlink } from 'node:fs/promises';

/** The state LISTEN in /proc/net/tcp (include/net/tcp_states.h of Linux). */
const listen = '0A';

/** Whether this very process listens on this TCP port of 127.0.0.1 or of every IPv4 address. */
export async function listensOn(pid: number, port: number): Promise<boolean> {
  const [table, sockets] = await Promise.all([readFile('/proc/net/tcp', 'latin1'), socketsOf(pid)]);
  return listeners(table).some((row) => row.port === port && sockets.has(row.inode));
}

/** Inodes of the sockets that a process holds. */
export async function socketsOf(pid: number): Promise<ReadonlySet<string>> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder);
  // A descriptor that was closed in between is simply not there any more.
  const links = await Promise.allSettled(names.map((name) => readlink(`${folder}/${name}`)));
  const targets = links.map((link) => (link.status === 'fulfilled' ? link.value : ''));
  return new Set(targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []));
}

/** The listening rows of /proc/net/tcp or /proc/net/tcp6. */
export function listeners(table: string): readonly { readonly port: number; readonly inode: string }[] {
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .flatMap((columns) => {
      const [, local, , state, , , , , , inode] = columns;
      if (state !== listen || local === undefined || inode === undefined) return [];
      return [{ port: Number.parseInt(local.split(':')[1] ?? '', 16), inode }];
    });
}
