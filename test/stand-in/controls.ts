// POST below /api/v2: JSON-RPC calls, who may make them, and the errors that Buildbot gives (BUILDBOT.md section 2).

import { asText, type Row } from './query.ts';
import type { Answer } from './reads.ts';
import { parseForce, propertiesOf, type Scheduler } from './schedulers.ts';
import type { User } from './users.ts';
import type { World } from './world.ts';

export interface Controlled {
  readonly world: World;
  readonly schedulers: readonly Scheduler[];
}

export interface Call {
  readonly path: string;
  readonly contentType: string;
  readonly body: string;
  readonly user: User | null;
}

function fault(status: number, code: number, message: unknown): Answer {
  return { status, body: { jsonrpc: '2.0', id: 1, error: { code, message } } };
}

function done(result: unknown): Answer {
  return { status: 200, body: { jsonrpc: '2.0', id: 1, result } };
}

interface Rpc {
  readonly method: string;
  readonly params: Row;
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function rpcOf({ contentType, body }: Call): Rpc | Answer {
  if (!contentType.startsWith('application/json'))
    return fault(400, -32600, 'Invalid content-type (use application/json)');
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch (error) {
    return fault(400, -32700, `JSON parse error: ${String(error)}`);
  }
  if (!isRow(parsed)) return fault(400, -32600, 'JSONRPC call must be an object');
  const lacks = ['jsonrpc', 'method', 'id', 'params'].find((key) => !(key in parsed));
  if (lacks !== undefined) return fault(400, -32600, `missing key '${lacks}'`);
  const { method, params } = parsed;
  if (typeof method !== 'string' || !isRow(params)) return fault(400, -32600, "'params' must be an object");
  return { method, params };
}

/** The rules of the test fleet: who has no role for what he asks. */
function refusal(user: User | null, what: string, method: string): Answer | null {
  const known = ['forceschedulers force', 'builds stop', 'buildrequests cancel'].includes(
    `${what} ${method}`,
  );
  if (user === 'admin' || (user === 'gate' && known)) return null;
  const role = known && what === 'builds' ? 'owner' : 'admins';
  return fault(403, -32600, `you need to have role '${role}'`);
}

function force({ world, schedulers }: Controlled, name: string, params: Row, owner: string): Answer {
  const scheduler = schedulers.find((each) => each.name === name);
  if (scheduler === undefined)
    return fault(500, -32603, `AttributeError("'NoneType' object has no attribute 'force'")`);
  const parsed = parseForce(scheduler, params);
  if (parsed.kind === 'nobody')
    return fault(500, -32603, "KeyError('builderNames not specified or not supported')");
  if (parsed.kind === 'refused') return fault(400, -32602, parsed.fields);
  const text = (field: string): string => String(parsed.values[field] ?? '');
  const stamp = {
    ...{ branch: text('branch'), revision: text('revision') },
    ...{ repository: text('repository'), project: text('project') },
  };
  const properties = propertiesOf(scheduler, parsed.values, owner);
  const reason = `A build was forced by '${owner}': ${text('reason')}`;
  const set = world.force({ builders: parsed.builders, stamp, reason, properties });
  const ids = new Map(world.fleet.map((builder) => [builder.name, builder.id]));
  return done([set.id, Object.fromEntries(set.requests.map(({ builder, id }) => [ids.get(builder), id]))]);
}

/** Carries a call out. It never says whether there was anything to stop or cancel. */
export function control(controlled: Controlled, call: Call): Answer {
  const rpc = rpcOf(call);
  if ('status' in rpc) return rpc;
  const [what = '', id = ''] = call.path.split('/');
  const refused = refusal(call.user, what, rpc.method);
  if (refused !== null) return refused;
  const { core } = controlled.world;
  switch (`${what} ${rpc.method}`) {
    case 'forceschedulers force':
      return force(controlled, decodeURIComponent(id), rpc.params, call.user ?? '');
    case 'builds stop':
      core.stop(Number(id), asText(rpc.params['reason']));
      return done(null);
    case 'buildrequests cancel':
      core.cancel(Number(id));
      return done(null);
    default:
      return fault(501, -32601, `invalid control action '${rpc.method}'`);
  }
}

/** What lands: a change whose category is a builder's name makes one build of that builder (`test/landed.ts`). */
export function landed(world: World, form: URLSearchParams, slug: (name: string) => string): Answer {
  const text = (name: string): string => form.get(name) ?? '';
  const builder = world.fleet.find(({ name }) => slug(name) === text('category'));
  if (builder === undefined) return { status: 400, body: { error: `no builder for ${text('category')}` } };
  const given: unknown = JSON.parse(text('properties') || '{}');
  const properties = isRow(given) ? given : {};
  world.force({
    builders: [builder.name],
    stamp: {
      ...{ branch: text('branch'), revision: text('revision') },
      ...{ repository: text('repository'), project: text('project') },
    },
    reason: `The AnyBranchScheduler scheduler named 'landed-${text('category')}' triggered this build`,
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [name, [value, 'Change'] as const]),
    ),
  });
  return { status: 200, body: {} };
}
