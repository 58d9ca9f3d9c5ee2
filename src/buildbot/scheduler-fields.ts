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
  readonly samples: readonly string[];
}

const commit = '0123456789abcdef0123456789abcdef01234567';
const marker = `gearbridge gate.example.org 0123456789abcdef 1 vote 0123456789abcdef 01234567`;
const vital = { vital: true, mayBeBlank: false, room: 255 };
const told = { vital: false, mayBeBlank: false, room: 255 };

/** Every field that the gate sends, with values as it sends them. */
const needs: Readonly<Record<string, Need>> = {
  branch: { ...vital, samples: ['main', 'refs/zuul/main/Z0123456789abcdef0123456789abcdef'] },
  revision: { ...vital, room: 64, samples: [commit] },
  repository: {
    ...vital,
    samples: ['https://git.example.org/group/project.git', 'ssh://git@git.example.org/p'],
  },
  project: { ...vital, samples: ['project', 'group/project-1.x'] },
  reason: { ...vital, samples: [marker] },
  gate_job: { ...told, samples: ['project-gate'] },
  gate_uuid: { ...told, room: 63, samples: ['0123456789abcdef0123456789abcdef', 'a.B_c-1'] },
  gate_attempt: { ...told, room: 4, samples: ['1', '12'] },
  change_ref: {
    ...told,
    mayBeBlank: true,
    samples: ['refs/zuul/main/Z0123456789abcdef', 'refs/changes/01/1/1'],
  },
  gate_role: { ...told, room: 7, samples: ['vote', 'measure', 'control'] },
  gate_tests: { ...told, mayBeBlank: true, samples: ['test_ssl test.test_os.Case.test_method'] },
  gate_repeat: { ...told, mayBeBlank: true, room: 2, samples: ['1', '20'] },
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

// Python's regex, matched from the start as Buildbot does. Long ones are not tried: a pattern may take ages.
function regexTrouble(name: string, regex: string, samples: readonly string[]): Trouble | null {
  const shown = oneLine(regex, 80);
  const lesser: Trouble = {
    level: 'lesser',
    says: `${name} has a regex (${shown}) that may refuse what the gate sends`,
  };
  if (regex.length > 200) return lesser;
  let pattern: RegExp;
  try {
    pattern = new RegExp(`^(?:${regex.replaceAll('(?P<', '(?<')})`);
  } catch {
    return lesser;
  }
  const missed = samples.find((sample) => !pattern.test(sample));
  if (missed === undefined) return null;
  return { level: 'wrong', says: `${name} has a regex (${shown}) that refuses values such as '${missed}'` };
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
  const narrow = regex === null ? null : regexTrouble(name, regex, need.samples);
  if (narrow !== null) troubles.push(narrow);
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
