// One line of text to a case, or one sentence that names the place and what was expected there.

import type { z } from 'zod';
import type { CaseDocument } from '../../flakes/decide/document.ts';
import { quoted, visible } from '../finding.ts';
import { valueAt } from '../issues.ts';
import { formatKey } from '../keys.ts';
import { nearest, suggestion } from '../suggest.ts';
import { caseJsonSchema, caseSchema } from './schema.ts';

export type ReadCase =
  | { readonly document: CaseDocument; readonly error: null }
  | { readonly document: null; readonly error: string };

interface Node {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly anyOf?: readonly Node[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly additionalProperties?: Node | false;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly maxLength?: number;
  readonly format?: string;
}

type Path = readonly (string | number)[];

function below(node: Node, part: string | number): Node | undefined {
  if (node.anyOf !== undefined) {
    return node.anyOf.map((each) => below(each, part)).find((found) => found !== undefined);
  }
  if (typeof part === 'number') return node.items;
  const own = node.properties;
  if (own !== undefined) return Object.hasOwn(own, part) ? own[part] : undefined;
  return node.additionalProperties === false ? undefined : node.additionalProperties;
}

function nodeAt(path: Path): Node | undefined {
  let node: Node | undefined = caseJsonSchema();
  for (const part of path) node = node && below(node, part);
  return node;
}

function keysIn(node: Node | undefined): readonly string[] {
  return (node?.anyOf ?? (node === undefined ? [] : [node])).flatMap((each) =>
    Object.keys(each.properties ?? {}),
  );
}

/** What a place takes, in few words. */
function expectation(node: Node | undefined): string {
  if (node === undefined) return 'something else';
  if (node.anyOf !== undefined) return [...new Set(node.anyOf.map(expectation))].join(' or ');
  if (node.enum !== undefined) return `one of ${node.enum.join(', ')}`;
  if (node.const !== undefined) return JSON.stringify(node.const);
  const { minimum: least = 0, maximum: most } = node;
  switch (node.type ?? 'object') {
    case 'string':
      if (node.format === 'date-time') return 'a time such as 2026-11-21T12:00:00Z';
      return `a text of ${node.minLength === 1 ? '1' : '0'} to ${node.maxLength ?? 'any'} characters`;
    case 'integer':
      return `a whole number from ${least} to ${most ?? 'any'}`;
    case 'number':
      return `a number from ${least} to ${most ?? 'any'}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return `a list of at most ${node.maxItems ?? 'any number'}`;
    case 'null':
      return 'null';
    default:
      return 'an object';
  }
}

function found(value: unknown): string {
  if (value === undefined) return 'is missing';
  if (Array.isArray(value)) return `is a list of ${value.length}`;
  if (typeof value === 'string') return `is ${quoted(value)}`;
  return value !== null && typeof value === 'object' ? 'is an object' : `is ${JSON.stringify(value)}`;
}

function sentence(issue: z.core.$ZodIssue, raw: unknown): string {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  const node = nodeAt(path);
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    return `${formatKey([...path, key])}: unknown key${suggestion(key, keysIn(node))}`;
  }
  const value = valueAt(raw, path);
  const expected = issue.code === 'custom' ? String(issue.params?.['expects']) : expectation(node);
  const near = typeof value === 'string' ? nearest(value, node?.enum ?? []) : null;
  const cure = near === null ? '' : `; did you mean "${near}"?`;
  return `${path.length === 0 ? 'the line' : formatKey(path)}: ${found(value)}, expected ${expected}${cure}`;
}

/** References that lead nowhere, and a question without a failure. */
function contradiction(document: CaseDocument): string | null {
  const { signatures, failures, attempts, builder } = document;
  const known = signatures.map(({ id }) => id);
  for (const [index, { signature }] of failures.entries()) {
    if (signature === null || known.includes(signature)) continue;
    return `failures[${index}].signature: is ${quoted(signature)}, expected an id in signatures`;
  }
  const votes = attempts.filter((each) => each.role === 'vote' && (each.builder ?? builder) === builder);
  const own = failures.some((failure) => (failure.builder ?? builder) === builder);
  if (votes.at(-1)?.outcome === 'passed' && !own) {
    return `attempts: the vote of ${quoted(builder)} passed without a failure: there is nothing to decide`;
  }
  return null;
}

/** Reads a case. The error is one line, safe to print. */
export function readCase(text: string): ReadCase {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    const why = error instanceof SyntaxError ? error.message : String(error);
    return { document: null, error: visible(`the line: is no JSON: ${why.slice(0, 200)}`) };
  }
  const read = caseSchema.safeParse(raw);
  const [issue] = read.error?.issues ?? [];
  if (!read.success) {
    return {
      document: null,
      error: visible(issue === undefined ? 'the line: is wrong' : sentence(issue, raw)),
    };
  }
  const error = contradiction(read.data);
  return error === null ? { document: read.data, error } : { document: null, error: visible(error) };
}
