// Which names git takes for a ref, so that nothing else reaches a builder's command line (RUNS.md 2.6).

// Control characters, blank, ~ ^ : ? * [ and the backslash (git help check-ref-format).
const forbidden = /[\p{Cc} ~^:?*[\\]/u;

/** Whether `git check-ref-format --allow-onelevel` would take the name, and it cannot be read as an option. */
export function isGitRef(name: string): boolean {
  if (name === '' || name === '@' || name.startsWith('-')) return false;
  if (forbidden.test(name) || name.includes('..') || name.includes('@{') || name.endsWith('.')) return false;
  return name.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}
