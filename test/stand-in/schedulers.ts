// The stand-in's force schedulers: their fields, and what a force call is refused for.

import type { Builder } from './fleet.ts';
import { asText, type Row } from './query.ts';
import type { Properties } from './world.ts';

interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: 'text' | 'fixed' | 'int' | 'username';
  readonly fallback: string | number;
  readonly maxsize: number | null;
  readonly required: boolean;
  /** Never told through the API: 3.7 cannot write a compiled pattern as JSON. */
  readonly pattern: RegExp | null;
}

export interface Scheduler {
  readonly name: string;
  readonly builders: readonly string[];
  readonly fields: readonly Field[];
}

function field(name: string, more: Partial<Field> = {}): Field {
  return {
    name,
    label: name,
    type: 'text',
    fallback: '',
    maxsize: null,
    required: false,
    pattern: null,
    ...more,
  };
}

const steering = [
  ...[field('scenario'), field('counter_key'), field('tests'), field('xml_style', { fallback: 'oneline' })],
  ...[field('duration', { type: 'int', fallback: 0 }), field('step_timeout', { type: 'int', fallback: 0 })],
];
const room = { maxsize: 255 };

const gate = [
  field('username', { type: 'username' }),
  ...[field('reason', { ...room, fallback: 'gate' }), field('branch', room), field('revision', room)],
  ...[field('repository', { maxsize: 512 }), field('project', { maxsize: 512 })],
  ...[
    field('gate_stanza', { type: 'fixed', fallback: '1' }),
    field('gate_job', room),
    field('gate_uuid', room),
  ],
  ...[field('gate_attempt', { ...room, fallback: '1' }), field('change_ref', room)],
  ...[field('gate_role', { ...room, fallback: 'vote' }), field('gate_tests', { maxsize: 10_000 })],
  ...[field('gate_repeat', room), ...steering],
];

const uuid = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';
const strict = [
  field('username', { type: 'username' }),
  ...[field('reason', { fallback: 'force build' }), field('branch', { fallback: 'main' }), field('revision')],
  field('repository', { fallback: 'https://git.example.invalid/cpython.git' }),
  field('project', { fallback: 'cpython' }),
  field('gate_job', { label: 'Gate job id', required: true, maxsize: 200 }),
  field('gate_uuid', { label: 'Gate uuid', pattern: new RegExp(uuid) }),
  ...steering,
];

const fixed = [
  ...[field('username', { type: 'username' }), field('reason', { fallback: 'force build' })],
  ...['branch', 'revision', 'repository', 'project'].map((name) => field(name, { type: 'fixed' })),
];

/** `gate` as the stanza has it, `gate-strict` with checks, `force` where nothing can be chosen. */
export function schedulersFor(fleet: readonly Builder[]): readonly Scheduler[] {
  const all = fleet.map(({ name }) => name);
  const stable = fleet.filter(({ tags }) => tags.includes('stable') && tags.includes('3.x'));
  return [
    { name: 'gate', builders: all, fields: gate },
    { name: 'gate-strict', builders: stable.map(({ name }) => name), fields: strict },
    { name: 'force', builders: all, fields: fixed },
  ];
}

/** Its row; the fields are in one group, where Buildbot has several. */
export function schedulerRow({ name, builders, fields }: Scheduler): Row {
  const inner = fields.map((one) => ({
    ...{ name: one.name, fullName: one.name, label: one.label, type: one.type, required: one.required },
    ...{ default: one.fallback, maxsize: one.maxsize, regex: null, hide: false, multiple: false },
  }));
  const group = {
    name: '',
    fullName: null,
    type: 'nested',
    required: false,
    default: '',
    regex: null,
    maxsize: null,
  };
  return {
    name,
    builder_names: builders,
    enabled: true,
    label: name,
    all_fields: [{ ...group, fields: inner }],
  };
}

export type Parsed =
  | { readonly kind: 'taken'; readonly builders: readonly string[]; readonly values: Values }
  /** None of the builders is its own. */
  | { readonly kind: 'nobody' }
  /** Field names and what is wrong with them. */
  | { readonly kind: 'refused'; readonly fields: Readonly<Record<string, string>> };
type Values = Readonly<Record<string, string | number>>;

function fault({ label, required, pattern, maxsize }: Field, text: string): string | null {
  if (required && text === '') return `'${label}' needs to be specified`;
  if (pattern !== null && !pattern.test(text)) return `${label}:'${text}' does not match pattern '${uuid}'`;
  if (maxsize !== null && text.length > maxsize) return `${label}: is too large ${text.length} > ${maxsize}`;
  return null;
}

/** Reads the parameters of a force call: what it does not declare is dropped, blank means its own default. */
export function parseForce({ builders, fields }: Scheduler, params: Readonly<Row>): Parsed {
  const asked = params['builderNames'];
  const named =
    asked === undefined ? builders : builders.filter((name) => Array.isArray(asked) && asked.includes(name));
  if (named.length === 0) return { kind: 'nobody' };
  const values: Record<string, string | number> = {};
  const refused: Record<string, string> = {};
  for (const one of fields) {
    const said = one.type === 'fixed' ? undefined : params[one.name];
    const text = asText(said);
    const wrong = fault(one, text);
    if (wrong !== null) refused[one.name] = wrong;
    values[one.name] = text === '' ? one.fallback : one.type === 'int' ? Number(text) : text;
  }
  return Object.keys(refused).length > 0
    ? { kind: 'refused', fields: refused }
    : { kind: 'taken', builders: named, values };
}

const stampFields: ReadonlySet<string> = new Set(['branch', 'revision', 'repository', 'project', 'username']);

/** The properties that a force call gives its builds. */
export function propertiesOf(scheduler: Scheduler, values: Values, owner: string): Properties {
  const own = Object.entries(values).filter(([name]) => !stampFields.has(name));
  const form = 'Force Build Form';
  return {
    ...Object.fromEntries(own.map(([name, value]) => [name, [value, form] as const])),
    ...{ owner: [owner, form], scheduler: [scheduler.name, 'Scheduler'] },
  };
}
