// Whether a change may have touched what failed (FLAKES.md 6.3): its own test, its module, the support of the tests, C sources, build
// files, the test runner. Where nobody says what changed, everything may be touched.

/** A file that cannot make a test of another file fail: prose, and Python code that is neither runner nor support. */
const harmless = /(?:^|\/)(?:Doc|Misc\/NEWS\.d)\/|\.(?:rst|md|txt)$/i;
const python = /\.pyi?$/;
const shared =
  /(?:^|\/)(?:libregrtest|support|unittest|_pytest)\/|(?:^|\/)(?:regrtest|conftest|setup|__main__|site|sitecustomize|importlib|_bootstrap\w*)\.py$|(?:^|\/)importlib\//;

function stem(path: string): string {
  return (path.split('/').at(-1) ?? path).replace(/\.\w+$/, '');
}

/** `test_ssl` is the test of `ssl` and `_ssl`; a package of tests is the test of its package. */
function concerns(path: string, file: string): boolean {
  const names = file.split('.');
  const modules = names.map((name) => name.replace(/^test_/, ''));
  const parts = [...path.split('/').slice(0, -1), stem(path)];
  return parts.some((part) => names.includes(part) || modules.includes(part.replace(/^_+/, '')));
}

/**
 * @param file the test file that failed; null: not known
 * @param sources file names of the failure's frames, as printed
 * @param changed paths of the change, with `/`; null: nobody says
 */
export function mayTouch(
  { file, sources }: { readonly file: string | null; readonly sources: readonly string[] },
  changed: readonly string[] | null,
): boolean {
  if (changed === null || file === null) return true;
  const framed = new Set(sources.map((source) => source.split(/[\\/]/).at(-1)));
  return changed.some((path) => {
    if (harmless.test(path)) return false;
    if (!python.test(path) || shared.test(path)) return true;
    return concerns(path, file) || framed.has(path.split('/').at(-1));
  });
}
