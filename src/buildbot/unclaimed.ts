// What lies unclaimed on a builder, whoever asked for it: another request with the same source stamp would be merged with ours.

import type { BuilderName } from '../fleet/fleet.ts';
import type { BuilderNames } from './builder-names.ts';
import type { SourceStamp } from './master.ts';
import { anyOf, countOf, flagOf, onlyRow, rowsOf, textOf } from './read-json.ts';
import type { Row } from './read-json.ts';
import type { Rest } from './rest.ts';

/** A queue longer than this is looked at in its newest ones: a merge is always with a newer one (BUILDBOT.md section 4). */
const mostRequests = 50;

function readStamp(row: Row): SourceStamp {
  const text = (name: string): string | null => {
    const value = anyOf(row, name);
    return typeof value === 'string' ? value : null;
  };
  return {
    branch: text('branch'),
    revision: text('revision'),
    repository: textOf(row, 'repository'),
    project: textOf(row, 'project'),
  };
}

async function idOf(names: BuilderNames, builder: BuilderName): Promise<number | null> {
  const find = (map: ReadonlyMap<number, BuilderName>) => [...map].find(([, name]) => name === builder)?.[0];
  const map = await names.known();
  return find(map) ?? find(await names.fresh(map)) ?? null;
}

/** The source stamps of codebase '' of every unclaimed request on the builder; none when the master has no such builder. */
export async function lookForUnclaimed(
  { rest, names }: { readonly rest: Rest; readonly names: BuilderNames },
  builder: BuilderName,
): Promise<readonly SourceStamp[]> {
  const id = await idOf(names, builder);
  if (id === null) return [];
  const filter = `builderid=${id}&claimed=false&complete=false&order=-buildrequestid&limit=${mostRequests}`;
  const sets = await rest.read({
    path: `buildrequests?field=buildrequestid&field=buildsetid&field=builderid&field=claimed&field=complete&${filter}`,
    verb: 'requests',
    // Held against the query: a filter that a master does not know is ignored.
    as: (body) =>
      new Set(
        rowsOf(body, 'buildrequests')
          .filter(
            (row) => countOf(row, 'builderid') === id && !flagOf(row, 'claimed') && !flagOf(row, 'complete'),
          )
          .slice(0, mostRequests)
          .map((row) => countOf(row, 'buildsetid')),
      ),
  });
  const stamps: SourceStamp[] = [];
  for (const set of sets) {
    const path = `buildsets/${set}`;
    const as = (body: Row) =>
      rowsOf(onlyRow(body, 'buildsets'), 'sourcestamps').filter((row) => anyOf(row, 'codebase') === '');
    stamps.push(...(await rest.read({ path, verb: 'buildset', as })).map(readStamp));
  }
  return stamps;
}
