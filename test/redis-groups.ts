// Several Redis together: a master with a replica and three Sentinels that mind them, and a Cluster. Real processes, on loopback.

import { Redis as Client } from 'ioredis';
import { freePort } from '../src/servers/free-port.ts';
import { startRedis, type Redis, type RedisOptions } from '../src/servers/redis.ts';
import { until } from './until.ts';

/** Milliseconds. A master that is silent as long is taken for dead. */
const deadAfter = 1_000;
const formsWithin = 20_000;

/**
 * The driver leaves a timer of 2 s behind for each Sentinel that it did not reach: waits for the end of all, in an `after` hook, where
 * mocha has one of its own and this wait another.
 */
export async function lookUpsEnded(): Promise<void> {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  await until(() => timers() <= 2, { within: 5_000, what: 'the timers of the driver to end' });
}

async function told<Value>({ url }: Redis, work: (client: Client) => Promise<Value>): Promise<Value> {
  const client = new Client(url, { lazyConnect: true, maxRetriesPerRequest: 1, disconnectTimeout: 100 });
  // What it is asked rejects; without a listener it is printed as well.
  client.on('error', () => undefined);
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}

/** What the INFO of a server says under a name; undefined where it says nothing. */
export async function infoOf(server: Redis, name: string): Promise<string | undefined> {
  const info = await told(server, (client) => client.info());
  return new RegExp(`^${name}:(.*)\\r$`, 'm').exec(info)?.[1];
}

export interface Minded {
  readonly master: Redis;
  readonly replica: Redis;
  readonly sentinels: readonly Redis[];
  stop(): Promise<void>;
}

async function follow(replica: Redis, master: Redis): Promise<void> {
  await told(replica, (client) => client.replicaof('127.0.0.1', master.port));
  await until(async () => (await infoOf(replica, 'master_link_status')) === 'up', {
    within: formsWithin,
    what: 'the replica to have what the master has',
  });
}

/** Master `gate`, a replica that has all of it, and three Sentinels that know one another. */
export async function startMinded(options: RedisOptions = {}): Promise<Minded> {
  const [master, replica] = await Promise.all([startRedis(options), startRedis(options)]);
  await follow(replica, master);
  const sentinel = [
    `sentinel monitor gate 127.0.0.1 ${master.port} 2`,
    `sentinel down-after-milliseconds gate ${deadAfter}`,
    'sentinel failover-timeout gate 5000',
  ];
  const sentinels = await Promise.all([1, 2, 3].map(() => startRedis({ sentinel })));
  const known = async (each: Redis): Promise<boolean> => {
    const said = await told(each, (client) => client.call('SENTINEL', 'MASTER', 'gate'));
    const words = Array.isArray(said) ? said.map(String) : [];
    const value = (name: string) => words[words.indexOf(name) + 1];
    return value('num-slaves') === '1' && value('num-other-sentinels') === '2';
  };
  await until(async () => (await Promise.all(sentinels.map(known))).every(Boolean), {
    within: formsWithin,
    what: 'the Sentinels to know one another',
  });
  return {
    master,
    replica,
    sentinels,
    async stop() {
      await Promise.all(sentinels.map((each) => each.stop()));
      await Promise.all([master.stop(), replica.stop()]);
    },
  };
}

export interface ClusterNode extends Redis {
  /** By which the others call it. */
  readonly id: string;
}

export interface Cluster {
  /** Each has a third of the slots. */
  readonly masters: readonly ClusterNode[];
  /** Of the master whose place it has. */
  readonly replicas: readonly ClusterNode[];
  /** The master of a key, among them all, as the first master that answers says. */
  masterOf(key: string): Promise<ClusterNode>;
  stop(): Promise<void>;
}

async function startNode(): Promise<ClusterNode & { readonly bus: number }> {
  const bus = await freePort();
  const server = await startRedis({
    settings: {
      'cluster-enabled': 'yes',
      'cluster-port': String(bus),
      'cluster-node-timeout': String(deadAfter),
    },
  });
  const id = await told(server, (client) => client.cluster('MYID'));
  return Object.assign(server, { bus, id });
}

/** Three masters with a replica each. */
export async function startCluster(): Promise<Cluster> {
  const nodes = await Promise.all(Array.from({ length: 6 }, startNode));
  const [masters, replicas] = [nodes.slice(0, 3), nodes.slice(3)];
  const [first] = masters;
  if (first === undefined) throw new Error('there is no node');
  for (const [at, node] of masters.entries())
    await told(node, (client) =>
      client.cluster('ADDSLOTSRANGE', at * 5462, Math.min(16_383, at * 5462 + 5461)),
    );
  for (const { port, bus } of nodes.slice(1))
    await told(first, (client) => client.call('CLUSTER', 'MEET', '127.0.0.1', port, bus));
  for (const [at, node] of replicas.entries()) {
    const { id } = masters[at] ?? first;
    // Refused until it has heard of that one.
    await until(() => told(node, (client) => client.cluster('REPLICATE', id)), {
      within: formsWithin,
      what: 'a node to know its master',
    });
  }
  const ok = async (node: Redis): Promise<boolean> =>
    (await told(node, (client) => client.cluster('INFO'))).includes('cluster_state:ok');
  await until(async () => (await Promise.all(nodes.map(ok))).every(Boolean), {
    within: formsWithin,
    what: 'the Cluster to be whole',
  });
  await until(
    async () =>
      (await Promise.all(replicas.map((node) => infoOf(node, 'master_link_status')))).every(
        (is) => is === 'up',
      ),
    { within: formsWithin, what: 'the replicas to have what their masters have' },
  );
  return {
    masters,
    replicas,
    async masterOf(key) {
      const held = await Promise.all(
        nodes.map((node) => told(node, (client) => client.exists(key)).catch(() => null)),
      );
      const node = nodes[held.findIndex((answer) => answer !== null)];
      if (node === undefined) throw new Error(`no node has the slot of ${key}`);
      return node;
    },
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}
