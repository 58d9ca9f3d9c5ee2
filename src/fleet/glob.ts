// Globs over names of builders, workers, branches and repositories: `*` stands for any text, `?` for one character,
// everything else for itself; case counts. No RegExp is built from what a user wrote, so nothing can backtrack without end.

/** Whether a text holds `*` or `?`, so that it may stand for more than itself. */
export function isGlob(pattern: string): boolean {
  return pattern.includes('*') || pattern.includes('?');
}

/**
 * Whether the whole text matches the pattern. Characters are code points. Only the last `*` is ever tried again, so it takes
 * at most (length of pattern x length of text) steps and no stack.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const wanted = Array.from(pattern);
  const given = Array.from(text);
  let at = 0;
  let star = -1;
  let swallowed = 0;
  for (let read = 0; read < given.length;) {
    if (wanted[at] === '*') {
      star = at++;
      swallowed = read;
    } else if (at < wanted.length && (wanted[at] === '?' || wanted[at] === given[read])) {
      at++;
      read++;
    } else if (star >= 0) {
      at = star + 1;
      read = ++swallowed;
    } else {
      return false;
    }
  }
  while (wanted[at] === '*') at++;
  return at === wanted.length;
}

/** Whether any of the patterns matches the whole text; no patterns match nothing. */
export function matchesAny(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => matchesGlob(pattern, text));
}
