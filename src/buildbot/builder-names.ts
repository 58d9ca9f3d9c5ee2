// Builder ids to names. Ids are dealt out anew on every master (BUILDBOT.md section 1), so the map is only a cache: it is
// read again when an id is unknown, when a reply does not fit, and after every gap in the events.

import type { BuilderName } from '../fleet/fleet.ts';
import { countOf, rowsOf, textOf } from './read-json.ts';
import type { Row } from './read-json.ts';
import type { Rest } from './rest.ts';

export type NameMap = ReadonlyMap<number, BuilderName>;

export interface BuilderNames {
  /** The map, read when there is none. */
  known(): Promise<NameMap>;
  /** The map, read anew unless it already is another one than `stale`; one call however many ask. */
  fresh(stale: NameMap): Promise<NameMap>;
  /** A map that holds all these ids if the master knows them: reads anew at most once. */
  covering(ids: readonly number[]): Promise<NameMap>;
  /** Takes over a map that was just read for something else. */
  learn(map: NameMap): void;
  /** The master may be another one by now. */
  forget(): void;
}

/** A builder's name as data of the master's: any text. */
export function builderName(text: string): BuilderName {
  return text as BuilderName;
}

function readNames(body: Row): NameMap {
  return new Map(
    rowsOf(body, 'builders').map((row) => [countOf(row, 'builderid'), builderName(textOf(row, 'name'))]),
  );
}

/** The names of one master's builders. */
export function createBuilderNames(rest: Rest): BuilderNames {
  let map: NameMap | null = null;
  let underWay: Promise<NameMap> | null = null;

  const load = (): Promise<NameMap> => {
    underWay ??= rest
      .read({ path: 'builders?field=builderid&field=name', verb: 'builders', as: readNames })
      .then((read) => {
        map = read;
        return read;
      })
      .finally(() => {
        underWay = null;
      });
    return underWay;
  };

  const known = async (): Promise<NameMap> => map ?? load();
  const fresh = async (stale: NameMap): Promise<NameMap> => (map !== null && map !== stale ? map : load());
  return {
    known,
    fresh,
    async covering(ids) {
      const first = await known();
      return ids.every((id) => first.has(id)) ? first : fresh(first);
    },
    learn(read) {
      map = read;
    },
    forget() {
      map = null;
    },
  };
}
