// The gatekeeper's side put together: one link for each server behind the port of gearman.ts.

import type { ConnectionId } from '../gate/ids.ts';
import { parseAddress } from './address.ts';
import type { Update } from './build-connection.ts';
import type { Gearman, GearmanListener } from './gearman.ts';
import { defaultLimits, defaultTimes, type GearmanLog, type GearmanOptions } from './options.ts';
import { printable } from './printable.ts';
import { startServerLink, type ServerLink } from './server-link.ts';
import { isFunctionName } from './wire-text.ts';

/**
 * Connects to all servers and goes on doing so until `close`. Throws when an option is none: an address, a client id with
 * blanks, no server at all.
 */
export function createGearman(options: GearmanOptions, listener: GearmanListener): Gearman {
  const times = { ...defaultTimes, ...options.times };
  const limits = { ...defaultLimits, ...options.limits };
  const { log, instance } = options;
  check(options);
  let functions: ReadonlySet<string> = new Set();
  // All of them before the first connection: one that is no address throws.
  const addresses = options.servers.map(parseAddress);
  const links = addresses.map((address) =>
    startServerLink({
      around: {
        address,
        security: options.security ?? null,
        times,
        limits,
        log,
        ...(instance === undefined ? {} : { instance }),
      },
      clientId: options.clientId,
      manager: options.manager,
      listener,
      functions: () => functions,
    }),
  );

  function at(connection: ConnectionId): ServerLink | undefined {
    return links.find((link) => link.build.current()?.connection === connection);
  }

  function to(server: string): ServerLink | undefined {
    return links.find((link) => link.server === server);
  }

  /** null: the object is larger than an update may be. */
  function encode(state: object, first: boolean): Update | null {
    if (Array.isArray(state)) throw new TypeError('an update must be a JSON object, this is a list');
    const json = Buffer.from(JSON.stringify(state));
    return json.length > limits.update ? null : { json, first };
  }

  return {
    serve(wanted) {
      functions = new Set(registrable(wanted, limits.functions, log));
      for (const link of links) link.build.serve();
    },
    wake: () => links.forEach((link) => link.build.wake()),
    data(connection, handle, state, first) {
      const update = encode(state, first);
      if (update === null)
        log('error', `an update of job ${handle} is over ${limits.update} bytes and is not sent`);
      return update !== null && (at(connection)?.build.data(connection, handle, update) ?? false);
    },
    async finish(connection, handle, state) {
      const end = encode(state, false);
      if (end === null)
        throw new Error(
          `the answer to job ${handle} is over ${limits.update} bytes: bound it before it is sent`,
        );
      return (await at(connection)?.build.finish(connection, handle, end.json)) ?? 'lost';
    },
    status: async (where, handle) =>
      'connection' in where
        ? ((await at(where.connection)?.build.status(handle, where.connection)) ?? 'silent')
        : ((await to(where.server)?.build.status(handle, null)) ?? 'silent'),
    drop: (connection, why) => at(connection)?.build.drop(connection, why),
    connections: () => links.map((link) => link.build.current()).filter((connection) => connection !== null),
    waiting: async (server) => (await to(server)?.admin.waiting()) ?? null,
    uniqueJobs: async (server) => gearmandOnly(to(server), (link) => link.admin.uniqueJobs()),
    jobs: async (server) => gearmandOnly(to(server), (link) => link.admin.jobs()),
    cancelJob: async (server, handle) => (await to(server)?.admin.cancelJob(handle)) ?? false,
    state: () =>
      links.map((link) => ({
        server: link.server,
        build: link.build.current() !== null,
        control: link.control.isUp(),
        trouble: link.trouble(),
      })),
    async close() {
      await Promise.all(links.map((link) => link.close()));
    },
  };
}

function gearmandOnly<Answer>(
  link: ServerLink | undefined,
  ask: (link: ServerLink) => Promise<Answer | null>,
): Promise<Answer | null> {
  return link?.isGearmand() === true ? ask(link) : Promise.resolve(null);
}

/** What can be registered, each once; the rest is named in the log. Branch names in it come from the gatekeeper. */
function registrable(wanted: readonly string[], most: number, log: GearmanLog): string[] {
  const names = [...new Set(wanted)];
  const fit = names.filter(isFunctionName);
  for (const name of names.filter((each) => !isFunctionName(each)).slice(0, 20))
    log(
      'error',
      `function ${printable(name, 80)} is not registered: it is empty, too long, or has control characters`,
    );
  if (fit.length > most)
    log(
      'error',
      `${fit.length} functions are asked for and ${most} are the most: the last ${fit.length - most} are not registered`,
    );
  return fit.slice(0, most);
}

function check({ clientId, manager, servers }: GearmanOptions): void {
  if (servers.length === 0) throw new Error('no Gearman server is given: name at least one host:port');
  if (new Set(servers).size < servers.length)
    throw new Error('a Gearman server is given twice: name each once');
  // Both stand in lines of the admin protocol, parted by blanks.
  for (const [what, text] of Object.entries({ 'client id': clientId, manager }))
    if (!/^[\x21-\x7e]{1,100}$/.test(text))
      throw new Error(`${what} ${printable(text)} must be 1 to 100 visible characters without blanks`);
}
