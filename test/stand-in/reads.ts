// GET below /api/v2: which list a path means.

import { answerOf, BadQuestion, type Row } from './query.ts';
import { schedulerRow, type Scheduler } from './schedulers.ts';
import { lineCount, logId, logsOf, stepOf, type LogItem, type StepItem, type Tables } from './tables.ts';
import { stepAt, type World } from './world.ts';

export interface Answer {
  readonly status: number;
  readonly body: Row;
}

export interface Known {
  readonly world: World;
  readonly tables: Tables;
  readonly schedulers: readonly Scheduler[];
}

interface Question {
  readonly path: string;
  readonly query: URLSearchParams;
  /** The parts of the path that its route names. */
  readonly part: (name: string) => string;
}

function found(body: Row): Answer {
  return { status: 200, body };
}

function missing(path: string): Answer {
  return { status: 404, body: { error: `not found while getting from endpoint for /${path}` } };
}

function withTerm(query: URLSearchParams, name: string, id: string): URLSearchParams {
  const terms = new URLSearchParams(query);
  terms.append(name, id);
  return terms;
}

function contents(log: LogItem | undefined, { path, query }: Question): Answer {
  const offset = Number(query.get('offset') ?? 0);
  const limit = query.get('limit');
  const there = log === undefined ? 0 : lineCount(log);
  if (limit === '0' || offset < 0 || (limit === null && offset >= there)) return missing(path);
  const lines = log?.log.lines.slice(offset, Math.min(there, offset + Number(limit ?? there))) ?? [];
  const content = lines.map((line) => `${line}\n`).join('');
  const logid = log === undefined ? 0 : logId(log);
  return found({ logchunks: [{ content, firstline: offset, logid }], meta: {} });
}

function stdioOf(item: StepItem | undefined, question: Question): Answer {
  const log =
    item === undefined ? undefined : logsOf(item).find(({ log: { slug } }) => slug === question.part('slug'));
  return log === undefined ? missing(question.path) : contents(log, question);
}

function namedStep(world: World, build: string, name: string): StepItem | undefined {
  const record = world.builds.get(Number(build));
  const at =
    record?.begun.findIndex((_time, index) => stepAt(record, index).name === decodeURIComponent(name)) ?? -1;
  return record === undefined || at < 0 ? undefined : { record, at };
}

function logNumbered(world: World, id: number): LogItem | undefined {
  const item = stepOf(world, Math.floor(id / 10));
  return item === undefined ? undefined : logsOf(item)[id % 10];
}

/** The lists that are asked for as a whole, or for one object by its id. */
function listOf({ tables, schedulers }: Known, { path, query, part }: Question): Answer | null {
  const id = part('id');
  const list = part('list');
  const terms = (key: string): URLSearchParams => (id === '' ? query : withTerm(query, key, id));
  const ask = (): Row | null => {
    switch (list) {
      case 'builders':
        return answerOf(tables.builders, terms('builderid'));
      case 'workers':
        return answerOf(tables.workers, terms('workerid'));
      case 'buildsets':
        return answerOf(tables.buildsets, terms('bsid'));
      case 'buildrequests':
        return answerOf(tables.buildrequests, terms('buildrequestid'));
      case 'builds':
        return answerOf(tables.builds, terms('buildid'));
      case 'forceschedulers':
        return { forceschedulers: schedulers.map(schedulerRow), meta: {} };
      default:
        return null;
    }
  };
  const body = ask();
  if (body === null) return null;
  const rows = body[list];
  return id !== '' && Array.isArray(rows) && rows.length === 0 ? missing(path) : found(body);
}

type Route = readonly [RegExp, (known: Known, question: Question) => Answer | null];

const routes: readonly Route[] = [
  [/^(?<list>[a-z]+)(?:\/(?<id>\d+))?$/, listOf],
  [
    /^forceschedulers\/(?<name>[^/]+)$/,
    ({ schedulers }, { path, part }) => {
      const scheduler = schedulers.find(({ name }) => name === decodeURIComponent(part('name')));
      return scheduler === undefined
        ? missing(path)
        : found({ forceschedulers: [schedulerRow(scheduler)], meta: {} });
    },
  ],
  [
    /^buildrequests\/(?<id>\d+)\/builds$/,
    ({ tables }, { query, part }) =>
      found(answerOf(tables.builds, withTerm(query, 'buildrequestid', part('id')))),
  ],
  [
    /^builds\/(?<id>\d+)\/steps$/,
    ({ world, tables }, { query, part }) => {
      const record = world.builds.get(Number(part('id')));
      return found(
        record === undefined ? { steps: [], meta: { total: 0 } } : answerOf(tables.steps(record), query),
      );
    },
  ],
  [
    /^steps\/(?<id>\d+)\/logs$/,
    ({ world, tables }, { query, part }) => {
      const item = stepOf(world, Number(part('id')));
      return found(
        item === undefined ? { logs: [], meta: { total: 0 } } : answerOf(tables.logs(item), query),
      );
    },
  ],
  [
    /^logs\/(?<id>\d+)\/contents$/,
    ({ world }, question) => contents(logNumbered(world, Number(question.part('id'))), question),
  ],
  [
    /^steps\/(?<id>\d+)\/logs\/(?<slug>\w+)\/contents$/,
    ({ world }, question) => stdioOf(stepOf(world, Number(question.part('id'))), question),
  ],
  [
    /^builds\/(?<id>\d+)\/steps\/(?<name>[^/]+)\/logs\/(?<slug>\w+)\/contents$/,
    ({ world }, question) => stdioOf(namedStep(world, question.part('id'), question.part('name')), question),
  ],
];

/** The answer to a GET of a path below `api/v2/`. */
export function read(known: Known, path: string, query: URLSearchParams): Answer {
  try {
    for (const [pattern, answer] of routes) {
      const match = pattern.exec(path);
      if (match === null) continue;
      const given = answer(known, { path, query, part: (name) => match.groups?.[name] ?? '' });
      if (given !== null) return given;
    }
  } catch (error) {
    if (error instanceof BadQuestion) return { status: 400, body: { error: error.message } };
    throw error;
  }
  return { status: 404, body: { error: `Invalid path: ${path}` } };
}
