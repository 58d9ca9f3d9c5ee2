// A question to a list of Buildbot's REST interface: fields, filters, order and paging, with the habits of BUILDBOT.md section 1.

export type Row = Record<string, unknown>;

export interface Table<Item> {
  /** The list's name in an answer. */
  readonly plural: string;
  /** The column that counts up. */
  readonly key: string;
  readonly columns: Readonly<Record<string, (item: Item) => unknown>>;
  /** Every item, by rising key. */
  readonly all: () => Iterable<Item>;
  /** Items of which `complete` is false, by rising key. */
  readonly open?: () => Iterable<Item>;
  /** Items by values of a column, where that is quicker than to look at all. */
  readonly by?: Readonly<Record<string, (value: number) => readonly Item[]>>;
  /** Properties of an item, for rows that can show them. */
  readonly properties?: (item: Item) => Readonly<Record<string, readonly [unknown, string]>>;
}

/** A question that Buildbot refuses with 400. */
export class BadQuestion extends Error {}

interface Filter {
  readonly column: string;
  readonly operator: string;
  readonly values: readonly string[];
}

const own: ReadonlySet<string> = new Set(['field', 'property', 'order', 'limit', 'offset']);
const operators: ReadonlySet<string> = new Set([
  'eq',
  'ne',
  'lt',
  'le',
  'gt',
  'ge',
  'contains',
  'in',
  'notin',
]);

function filtersOf<Item>(table: Table<Item>, query: URLSearchParams): readonly Filter[] {
  const filters: Filter[] = [];
  for (const name of new Set(query.keys())) {
    if (own.has(name)) continue;
    const at = name.lastIndexOf('__');
    const [column, operator] = at === -1 ? [name, 'eq'] : [name.slice(0, at), name.slice(at + 2)];
    const values = query.getAll(name);
    // What it does not know is ignored, and a plain filter that is repeated as well.
    if (!(column in table.columns) || !operators.has(operator) || (operator === 'eq' && values.length > 1))
      continue;
    filters.push({ column, operator, values });
  }
  return filters;
}

/** Numbers, flags and texts as a query writes them; '' for anything else. */
export function asText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

function compare(one: unknown, other: string): number {
  return typeof one === 'number' ? one - Number(other) : asText(one).localeCompare(other);
}

function passes(value: unknown, { operator, values }: Filter): boolean {
  const [first = ''] = values;
  switch (operator) {
    case 'eq':
      return asText(value) === first;
    case 'ne':
      return asText(value) !== first;
    case 'lt':
      return compare(value, first) < 0;
    case 'le':
      return compare(value, first) <= 0;
    case 'gt':
      return compare(value, first) > 0;
    case 'ge':
      return compare(value, first) >= 0;
    case 'contains':
      return Array.isArray(value)
        ? values.some((each) => value.includes(each))
        : asText(value).includes(first);
    case 'notin':
      return !values.includes(asText(value));
    default:
      return values.includes(asText(value));
  }
}

/** The fewest items that must be looked at. */
function candidates<Item>(table: Table<Item>, filters: readonly Filter[]): Iterable<Item> {
  const key = table.columns[table.key];
  for (const { column, operator, values } of filters) {
    const find = table.by?.[column];
    if (find === undefined || (operator !== 'eq' && operator !== 'in')) continue;
    const found = new Set(values.flatMap((value) => find(Number(value))));
    return [...found].sort((one, other) => Number(key?.(one)) - Number(key?.(other)));
  }
  const isOpen = filters.some(({ column, values: [value] }) => column === 'complete' && value === 'false');
  return isOpen && table.open !== undefined ? table.open() : table.all();
}

function ordered<Item>(table: Table<Item>, items: Item[], query: URLSearchParams): Item[] {
  const wanted = query.getAll('order').at(0) ?? table.key;
  const name = wanted.replace(/^-/, '');
  const column = table.columns[name];
  if (column === undefined) throw new BadQuestion(`no such field '${name}'`);
  if (name !== table.key) items.sort((one, other) => compare(column(one), asText(column(other))));
  return wanted.startsWith('-') ? items.reverse() : items;
}

function rowOf<Item>(table: Table<Item>, item: Item, query: URLSearchParams): Row {
  const fields = query.getAll('field');
  const columns = Object.entries(table.columns).filter(
    ([name]) => fields.length === 0 || fields.includes(name),
  );
  const row: Row = Object.fromEntries(columns.map(([name, value]) => [name, value(item)]));
  const asked = query.getAll('property');
  if (table.properties === undefined || (fields.length > 0 && !fields.includes('properties'))) return row;
  if (asked.length === 0) return { ...row, properties: {} };
  const all = Object.entries(table.properties(item));
  const shown = asked.includes('*') ? all : all.filter(([name]) => asked.includes(name));
  return { ...row, properties: Object.fromEntries(shown) };
}

/** One item's row, nothing left out. */
export function wholeRow<Item>(table: Table<Item>, item: Item): Row {
  return rowOf(table, item, new URLSearchParams());
}

/** The answer to a question; throws a BadQuestion. */
export function answerOf<Item>(table: Table<Item>, query: URLSearchParams): Row {
  const fields = query.getAll('field');
  const filters = filtersOf(table, query);
  const strange = fields.find((name) => !(name in table.columns) && name !== 'properties');
  if (strange !== undefined) throw new BadQuestion(`no such field '${strange}'`);
  if (fields.length > 0 && filters.some(({ column }) => !fields.includes(column)))
    throw new BadQuestion('cannot filter on un-selected fields');
  const hits: Item[] = [];
  for (const item of candidates(table, filters))
    if (filters.every((filter) => passes(table.columns[filter.column]?.(item), filter))) hits.push(item);
  const offset = Number(query.get('offset') ?? 0);
  const limit = Number(query.get('limit') ?? Number.POSITIVE_INFINITY);
  const page = ordered(table, hits, query).slice(offset, offset + limit);
  return { [table.plural]: page.map((item) => rowOf(table, item, query)), meta: { total: page.length } };
}
