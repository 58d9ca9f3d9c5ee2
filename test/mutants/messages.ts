// What the one who hands out mutants and the process that tries them say to each other.

/** How often each mutant's place was passed. */
export type Hits = Readonly<Record<string, number>>;

export interface Timed {
  readonly title: string;
  readonly file: string;
  /** Milliseconds. */
  readonly took: number;
}

export interface Covered {
  readonly kind: 'covered';
  /** By what runs before the tests do: modules, and bodies of `describe`. */
  readonly whileLoading: Hits;
  readonly byTest: Readonly<Record<string, Hits>>;
  readonly tests: readonly Timed[];
  /** Titles of tests that fail without any mutant. */
  readonly failed: readonly string[];
}

export type ToRunner =
  | { readonly kind: 'cover' }
  | {
      readonly kind: 'try';
      readonly mutant: string;
      /** Of the tests to run. */
      readonly titles: readonly string[];
      /** Passes of the mutant's place after which it is taken for an endless loop. */
      readonly mostHits: number;
    };

export type FromRunner =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'broken'; readonly why: string }
  | Covered
  | { readonly kind: 'tried'; readonly killedBy: string | null };
