// A YAML text with the place of each key. Whatever the text is, this gives findings and never throws: files can be damaged, and a
// small one can stand for a huge structure (aliases of aliases).

import { isAlias, isMap, isNode, isScalar, isSeq, Lexer, LineCounter, parseDocument, visit } from 'yaml';
import type { Document, Node, YAMLError, YAMLMap } from 'yaml';
import type { Position } from './finding.ts';
import { quoted, visible } from './finding.ts';
import type { KeyPath } from './keys.ts';

export interface Source {
  /** Plain data: mappings, lists, texts, numbers, booleans, null. */
  readonly raw: unknown;
  /** Where the value at a path stands; where it is missing, the nearest mapping around it. */
  at(path: KeyPath): Position;
  /** Where a key itself stands in the mapping at a path. */
  keyAt(path: KeyPath, key: string): Position;
  /** A scalar as it was written, before YAML made a number of it; null for anything else. */
  written(path: KeyPath): string | null;
}

export interface SyntaxFinding extends Position {
  readonly key: 'file' | 'syntax';
  readonly sentence: string;
}

export type Reading =
  | { readonly kind: 'read'; readonly source: Source }
  | { readonly kind: 'refused'; readonly findings: readonly SyntaxFinding[] };

const maxAliases = 100;
/** Deeper than any configuration; the parser is recursive. */
const maxDepth = 50;
const maxIndent = 200;
/** More would not be read. */
export const maxFindings = 200;
const start: Position = { line: 1, column: 1 };

/**
 * Reads a text of at most 1 MiB.
 *
 * @param expected what the file should be, for the finding on an empty one
 */
export function readSource(text: string, expected: string): Reading {
  const lines = new LineCounter();
  const refuse = (sentence: string, at: Position = start, key: 'file' | 'syntax' = 'syntax'): Reading => ({
    kind: 'refused',
    findings: [{ ...at, key, sentence }],
  });
  if (nestsTooDeep(text)) return refuse(`is nested deeper than ${maxDepth} levels, expected ${expected}`);
  const options = {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    uniqueKeys: false,
    resolveKnownTags: false,
  } as const;
  const document = parseDocument(text, { ...options, version: '1.2', logLevel: 'error' });
  const troubles = [...document.errors, ...document.warnings]
    .slice(0, maxFindings)
    .map((error) => syntaxFinding(error, text, lines));
  if (troubles.length > 0) return { kind: 'refused', findings: troubles };
  const nodes = nodeTroubles(document, (offset) => place(lines, offset));
  if (nodes.length > 0) return { kind: 'refused', findings: nodes };
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    return refuse(`is empty, expected ${expected}`, start, 'file');
  }
  if (!isMap(document.contents)) return refuse('is no mapping, expected `key: value` lines', start, 'file');
  return { kind: 'read', source: sourceOf(document, lines) };
}

/**
 * Asked before the parser, which recurses: a megabyte of brackets ends the whole process in it (seen with yaml 2.9: V8 runs out of
 * memory near the end of the stack). The lexer does not recurse.
 */
function nestsTooDeep(text: string): boolean {
  let flow = 0;
  let inLine = 0;
  for (const lexeme of new Lexer().lex(text)) {
    const [first] = lexeme;
    if (first === '\n' || first === '\r') inLine = 0;
    else if (lexeme === '[' || lexeme === '{') flow++;
    else if (lexeme === ']' || lexeme === '}') flow--;
    else if (lexeme === '-' || lexeme === '?' || lexeme === ':') inLine++;
    else if (first === ' ' && lexeme.length > maxIndent) return true;
    if (flow > maxDepth || (flow === 0 && inLine > maxDepth)) return true;
  }
  return false;
}

type Say = (node: Node, sentence: string) => void;

function nodeTroubles(document: Document, at: (offset: number) => Position): readonly SyntaxFinding[] {
  const found: SyntaxFinding[] = [];
  const anchors = new Set<string>();
  let aliases = 0;
  const say: Say = (node, sentence) =>
    void found.push({ ...at(node.range?.[0] ?? 0), key: 'syntax', sentence });
  visit(document, (_key, node, ancestors) => {
    if (isMap(node)) sayEqualKeys(node, say);
    if (isAlias(node)) {
      aliases++;
      const around = ancestors.some((one) => isNode(one) && !isAlias(one) && one.anchor === node.source);
      if (around) say(node, `the alias *${node.source} stands inside what it repeats, expected an end`);
      else if (!anchors.has(node.source)) say(node, `the alias *${node.source} has no anchor before it`);
    } else if (isNode(node) && node.anchor !== undefined) {
      anchors.add(node.anchor);
    }
  });
  if (aliases > maxAliases) {
    found.push({
      ...start,
      key: 'syntax',
      sentence: `has ${aliases} aliases, expected at most ${maxAliases}`,
    });
  }
  return found.length > 0 ? found.slice(0, maxFindings) : expansionTrouble(document);
}

/** Not left to the library, whose search for equal keys takes time by the square of their number. */
function sayEqualKeys(map: YAMLMap, say: Say): void {
  const keys = new Set<string>();
  for (const { key } of map.items) {
    if (!isScalar(key)) continue;
    const name = String(key.value);
    if (keys.has(name)) say(key, `the key ${quoted(name)} is given twice, expected each key once`);
    if (name === '__proto__') say(key, 'the key __proto__ is not allowed, expected another name');
    keys.add(name);
  }
}

/** What aliases of aliases would unfold to is counted by the library, which stops in time. */
function expansionTrouble(document: Document): readonly SyntaxFinding[] {
  try {
    document.toJS({ maxAliasCount: maxAliases });
    return [];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [
      {
        ...start,
        key: 'syntax',
        sentence: `unfolds to too much (${visible(why)}), expected fewer aliases of aliases`,
      },
    ];
  }
}

function syntaxFinding(error: YAMLError, text: string, lines: LineCounter): SyntaxFinding {
  const [from, to] = error.pos;
  return { ...place(lines, from), key: 'syntax', sentence: sentenceOf(error, text.slice(from, to)) };
}

/** Our sentences for what happens to people; the library's own for its other forty kinds of damage. */
const sentences: Readonly<Partial<Record<YAMLError['code'], (excerpt: string) => string>>> = {
  TAB_AS_INDENT: () => 'a tab indents this line, expected spaces',
  MULTIPLE_DOCS: () => 'a second document begins, expected one document in the file',
  TAG_RESOLVE_FAILED: (excerpt) => `the tag ${quoted(excerpt)} is not known, expected a plain value`,
  NON_STRING_KEY: () => 'a key is no text, expected a plain word',
};

function sentenceOf(error: YAMLError, excerpt: string): string {
  const ours = sentences[error.code];
  return ours === undefined ? `is no valid YAML: ${error.message.split('\n')[0] ?? ''}` : ours(excerpt);
}

function place(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

function sourceOf(document: Document, lines: LineCounter): Source {
  const walk = (
    path: KeyPath,
  ): { readonly node: Node | null; readonly offset: number; readonly whole: boolean } => {
    let node: unknown = document.contents;
    let offset = 0;
    for (const part of path) {
      const next = step(node, part);
      if (next === null) return { node: null, offset, whole: false };
      offset = next.offset;
      node = next.node;
    }
    return { node: isNode(node) ? node : null, offset, whole: true };
  };
  return {
    raw: document.toJS({ maxAliasCount: maxAliases }),
    at: (path) => place(lines, walk(path).offset),
    keyAt: (path, key) => {
      const map = walk(path).node;
      const pair = isMap(map)
        ? map.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
        : undefined;
      return place(
        lines,
        pair !== undefined && isScalar(pair.key) ? (pair.key.range?.[0] ?? 0) : walk(path).offset,
      );
    },
    written: (path) => {
      const { node, whole } = walk(path);
      return whole && isScalar(node) && typeof node.source === 'string' ? node.source : null;
    },
  };
}

function step(
  node: unknown,
  part: string | number,
): { readonly node: unknown; readonly offset: number } | null {
  if (isSeq(node) && typeof part === 'number') {
    const item = node.items[part];
    return isNode(item) ? { node: item, offset: item.range?.[0] ?? 0 } : null;
  }
  if (!isMap(node)) return null;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
  if (pair === undefined) return null;
  const { key, value } = pair;
  const keyOffset = isScalar(key) ? (key.range?.[0] ?? 0) : 0;
  const empty = isScalar(value) && value.source === '';
  return { node: value, offset: isNode(value) && !empty ? (value.range?.[0] ?? keyOffset) : keyOffset };
}
