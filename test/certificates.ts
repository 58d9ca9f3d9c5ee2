// An authority and certificates for tests, made by openssl, and a door of TLS before a plain server.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Authority {
  readonly folder: string;
  readonly ca: string;
  /** Makes or renews a certificate of this name; gives the paths of its files. */
  issue(name: string, hosts?: string): Promise<{ readonly certificate: string; readonly key: string }>;
  dispose(): Promise<void>;
}

/** A new authority in a folder of its own. */
export async function createAuthority(): Promise<Authority> {
  const folder = await mkdtemp(join(tmpdir(), 'gearbridge-ca-'));
  const at = (name: string): string => join(folder, name);
  const openssl = (...args: readonly string[]): Promise<unknown> => run('openssl', args, { timeout: 20_000 });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  await openssl(
    'req',
    '-x509',
    ...curve,
    '-subj',
    '/CN=test authority',
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
  );
  let serial = 1;
  return {
    folder,
    ca: at('ca.pem'),
    async issue(name, hosts = 'DNS:localhost,IP:127.0.0.1') {
      const [request, certificate, key, extra] = ['csr', 'pem', 'key', 'ext'].map((kind) =>
        at(`${name}.${kind}`),
      ) as [string, string, string, string];
      await openssl('req', ...curve, '-subj', `/CN=${name}`, '-keyout', key, '-out', request);
      await writeFile(extra, `subjectAltName=${hosts}\n`);
      const signed = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-set_serial', String(++serial)];
      await openssl(
        'x509',
        '-req',
        '-in',
        request,
        ...signed,
        '-days',
        '2',
        '-extfile',
        extra,
        '-out',
        certificate,
      );
      return { certificate, key };
    },
    dispose: () => rm(folder, { recursive: true }),
  };
}

export interface Door {
  readonly port: number;
  /** The names of the certificates that clients showed, newest last. */
  readonly seen: readonly string[];
  /** Serial numbers of the same. */
  readonly serials: readonly string[];
  close(): Promise<void>;
}

function pipe(from: TLSSocket, port: number): void {
  const to = connect(port, '127.0.0.1');
  from.pipe(to).pipe(from);
  for (const socket of [from, to]) {
    socket.on('error', () => {
      from.destroy();
      to.destroy();
    });
  }
}

/** Speaks TLS with whoever shows a certificate of the authority, and passes on to a plain port. */
export async function openDoor(
  authority: Authority,
  wish: { readonly to: number; readonly host?: string; readonly options?: TlsOptions },
): Promise<Door> {
  const own = await authority.issue(`server-${wish.to}`, wish.host);
  const seen: string[] = [];
  const serials: string[] = [];
  const sockets = new Set<TLSSocket>();
  const server: Server = createServer(
    {
      ca: readFileSync(authority.ca),
      cert: readFileSync(own.certificate),
      key: readFileSync(own.key),
      requestCert: true,
      rejectUnauthorized: true,
      ...wish.options,
    },
    (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      const { subject, serialNumber } = socket.getPeerCertificate();
      seen.push(String(subject.CN));
      serials.push(serialNumber);
      pipe(socket, wish.to);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    seen,
    serials,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
