// Who has seen what of the runs in a shared store: whoever writes a run over what another daemon wrote without having read that has lost
// an update, whatever leases say.

export interface LostUpdates {
  /** A daemon reads or has written these keys. */
  sees(daemon: string, keys: readonly string[]): void;
  /** The first of these keys that it overwrites unseen, with who wrote it; null: none. Counts as written afterwards. */
  writes(daemon: string, keys: readonly string[]): { readonly key: string; readonly by: string } | null;
}

const isRun = (key: string): boolean => key.startsWith('run/');

export function createLostUpdates(): LostUpdates {
  const newest = new Map<string, { readonly version: number; readonly by: string }>();
  const seen = new Map<string, number>();

  const sees = (daemon: string, keys: readonly string[]): void => {
    for (const key of keys.filter(isRun)) seen.set(`${daemon} ${key}`, newest.get(key)?.version ?? 0);
  };

  return {
    sees,
    writes(daemon, keys) {
      let lost: { key: string; by: string } | null = null;
      for (const key of keys.filter(isRun)) {
        const { version, by } = newest.get(key) ?? { version: 0, by: daemon };
        if (by !== daemon && (seen.get(`${daemon} ${key}`) ?? 0) < version) lost ??= { key, by };
        newest.set(key, { version: version + 1, by: daemon });
      }
      sees(daemon, keys);
      return lost;
    },
  };
}
