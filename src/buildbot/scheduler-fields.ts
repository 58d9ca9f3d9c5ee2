// Whether a force scheduler takes what the gate sends (DESIGN.md section 6, BUILDBOT.md section 12.7).

import { oneLine } from './one-line.ts';
import { anyOf, flagOf, isRow, textOf } from './read-json.ts';
import type { Row } from './read-json.ts';

export interface Field {
  readonly name: string;
  /** Buildbot's word: `text`, `fixed`, `int`, `list`, ... */
  readonly type: string;
  readonly required: boolean;
  readonly fallback: unknown;
  readonly regex: string | null;
  readonly maxsize: number | null;
}

interface Need {
  /** Without it the wrong thing is built, or a sending is never found again; else Buildbot drops it and people miss it. */
  readonly vital: boolean;
  /** Whether what we send may be blank, which a required field refuses. */
  readonly mayBeBlank: boolean;
  /** Characters that must fit. */
  readonly room: number;
}

const vital = { vital: true, mayBeBlank: false, room: 255 };
const told = { vital: false, mayBeBlank: false, room: 255 };

/** Every field that the gate sends. */
const needs: Readonly<Record<string, Need>> = {
  branch: vital,
  revision: { ...vital, room: 64 },
  repository: vital,
  project: vital,
  reason: vital,
  // The configuration takes no longer name of a job; a master without the stanza often has just that room.
  gate_job: { ...told, room: 200 },
  gate_uuid: { ...told, room: 63 },
  gate_attempt: { ...told, room: 4 },
  change_ref: { ...told, mayBeBlank: true },
  gate_role: { ...told, room: 7 },
  gate_tests: { ...told, mayBeBlank: true },
  gate_repeat: { ...told, mayBeBlank: true, room: 2 },
};

/** Field types that take any text; `int` takes our digits. */
const open = new Set(['text', 'textarea', 'string']);
const digits = new Set(['gate_attempt', 'gate_repeat']);

/** Depth and number of fields looked at: a list from the net. */
const deepest = 8;
const most = 500;

/** The fields of a scheduler's `all_fields`, nested groups opened. */
export function flatFields(list: unknown, depth = 0): readonly Field[] {
  if (!Array.isArray(list) || depth > deepest) return [];
  const fields = list.slice(0, most).flatMap((item: unknown): readonly Field[] => {
    if (!isRow(item)) return [];
    const inner = anyOf(item, 'fields');
    return Array.isArray(inner) ? flatFields(inner, depth + 1) : [readField(item)];
  });
  return fields.slice(0, most);
}

function readField(row: Row): Field {
  const regex = anyOf(row, 'regex');
  const maxsize = anyOf(row, 'maxsize');
  return {
    name: textOf(row, 'fullName'),
    type: textOf(row, 'type'),
    required: flagOf(row, 'required'),
    fallback: anyOf(row, 'default'),
    regex: typeof regex === 'string' && regex !== '' ? regex : null,
    maxsize: typeof maxsize === 'number' ? maxsize : null,
  };
}

/** `wrong`: forces would fail or build something else. `lesser`: what is sent is dropped, or nobody can tell. */
export interface Trouble {
  readonly level: 'wrong' | 'lesser';
  readonly says: string;
}

function typeTrouble(field: Field, need: Need): Trouble | null {
  const { name, type } = field;
  if (open.has(type) || (type === 'int' && digits.has(name))) return null;
  const level = need.vital || type !== 'fixed' ? 'wrong' : 'lesser';
  const fixed = `${name} is fixed to '${oneLine(String(field.fallback), 40)}' by the master`;
  return {
    level,
    says: type === 'fixed' ? fixed : `${name} is of type '${oneLine(type, 20)}', not a StringParameter`,
  };
}

function fieldTroubles(field: Field, need: Need): readonly Trouble[] {
  const { name, regex, maxsize, required } = field;
  const type = typeTrouble(field, need);
  if (type !== null) return [type];
  const troubles: Trouble[] = [];
  if (maxsize !== null && maxsize < need.room) {
    troubles.push({ level: 'wrong', says: `${name} has maxsize ${maxsize}, but ${need.room} is needed` });
  }
  // 3.7 has null here whatever the field has (it cannot write a compiled pattern as JSON, measured): then only the 400 tells.
  if (regex !== null) {
    troubles.push({
      level: 'lesser',
      says: `${name} has a regex (${oneLine(regex, 80)}) that may refuse what the gate sends`,
    });
  }
  if (required && need.mayBeBlank) {
    troubles.push({ level: 'wrong', says: `${name} is required, but may be blank` });
  }
  return troubles;
}

/** What stands between the gate and this scheduler's fields, each as half a sentence. */
export function fieldsTrouble(fields: readonly Field[]): readonly Trouble[] {
  const byName = new Map(fields.map((field) => [field.name, field]));
  const ours = Object.entries(needs).flatMap(([name, need]): readonly Trouble[] => {
    const field = byName.get(name);
    if (field !== undefined) return fieldTroubles(field, need);
    return [{ level: need.vital ? 'wrong' : 'lesser', says: `${name} is missing` }];
  });
  const foreign = fields.filter(({ name, required, fallback }) => {
    return required && !Object.hasOwn(needs, name) && (fallback === '' || fallback === null);
  });
  const demanded = foreign.map(({ name }): Trouble => ({
    level: 'wrong',
    says: `${oneLine(name, 60)} is required, and the gate does not send it`,
  }));
  return [...ours, ...demanded];
}
