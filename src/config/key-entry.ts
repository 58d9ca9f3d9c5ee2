// What is said of one key of the configuration, and words that several of them share.
// `[]` stands for an entry of a list, `*` for a name of the user's choice.

export interface KeyEntry {
  readonly key: string;
  /** Goes after "expected". */
  readonly expects: string;
  /** For a list: what each of its entries is. */
  readonly each?: string;
  /** As YAML; absent: it must be given, or has no value of its own. */
  readonly default?: string;
  readonly reload: 'live' | 'restart';
  readonly about: string;
}

export const duration = 'a duration such as 30s, 5m, 2h or 1d, of 24d at most';
export const address = 'host:port, such as 127.0.0.1:4730';
export const url = 'an http or https URL without user, query and fragment';
export const word = 'text without control characters';
export const globs = { expects: 'a list of globs', each: 'a glob, as text' };
export const live = 'live';
export const restart = 'restart';

/** The keys of the files of a TLS connection. */
export function tlsFiles(key: string, whose: string): readonly KeyEntry[] {
  const file = 'the path of a readable PEM file';
  return [
    {
      key: `${key}.ca`,
      expects: file,
      reload: restart,
      about: `The authority that signed the certificate of ${whose}`,
    },
    {
      key: `${key}.certificate`,
      expects: `${file}, together with key`,
      reload: restart,
      about: 'Our own certificate',
    },
    {
      key: `${key}.key`,
      expects: `${file}, together with certificate`,
      reload: restart,
      about: 'Its private key',
    },
  ];
}
