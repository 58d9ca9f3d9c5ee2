// What a signature may look for in one line, and the port of the engine that looks for many at once over bytes.

/** One thing to look for in a line: a literal (exact bytes of its UTF-8) or RE2 source (unanchored, on bytes, case-sensitive unless (?i)). */
export type LinePattern =
  { readonly kind: 'literal'; readonly text: string } | { readonly kind: 'regex'; readonly source: string };

/** Called once for each line and pattern that occurs in it; line counts from 1, in order of lines. */
export type LineHit = (pattern: number, line: number) => void;

/** Reads one log. */
export interface LineMatcher {
  /** The next bytes of the log. */
  write(chunk: Uint8Array): void;
  /** The log has ended; a last line without LF counts. */
  end(): void;
}

/** Patterns made ready; each matcher is one log. */
export interface CompiledLines {
  matcher(hit: LineHit): LineMatcher;
}

/** Linear-time matching of lines (FLAKES.md 6.1). */
export interface LineEngine {
  readonly name: 're2' | 're2js';
  /** Why a source is refused (syntax, look-around, back-reference, (?s), \C), else null. */
  refusal(source: string): string | null;
  /** Compiles once; each matcher is one log. */
  compile(patterns: readonly LinePattern[]): CompiledLines;
}
