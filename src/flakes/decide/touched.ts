// May the change have touched what failed? By the names of the changed files alone (FLAKES.md 6.3). In doubt: yes.

const compiled = /\.(?:c|h|cc|cpp|cxx|hh|hpp|m|mm|s|asm|inc|rs|pyx|pxd|def|rc)$/;
const build =
  /(?:^|\/)(?:configure(?:\.ac)?|aclocal\.m4|makefile[^/]*|setup\.(?:py|cfg)|pyproject\.toml|tox\.ini|cmakelists\.txt|meson\.build|cargo\.(?:toml|lock)|go\.(?:mod|sum)|package(?:-lock)?\.json|requirements[^/]*\.txt)$|\.(?:mk|m4|am|in|cmake|vcxproj|props|targets|sln|bat|sh)$|(?:^|\/)(?:pcbuild|\.github|\.ci)\//;
/** What runs or supports every test: the runner, its library, shared fixtures. */
const runner = /(?:^|\/)(?:libregrtest|unittest|pytest|_pytest)\/|(?:^|\/)(?:regrtest|conftest|doctest)\.py$/;
const prose = /^(?:doc|misc\/news\.d)\/|\.(?:rst|md)$/;
const insideTests = /(?:^|\/)tests?\//;
/** Folders that name no module. */
const general = new Set(['lib', 'src', 'test', 'tests', 'modules', 'objects', 'python', 'tools', 'misc']);

const bare = (name: string) => name.replace(/\.[^.]*$/, '').replace(/^_+/, '');

/** `test_http_cookies` of `test_asyncio.test_events`: every part, without `test_`. */
function subjects(file: string): readonly string[] {
  return file
    .toLowerCase()
    .split(/[./]/)
    .map((part) => part.replace(/^test_?/, ''))
    .filter((part) => part !== '');
}

function isOwnTest(path: string, file: string): boolean {
  const parts = path.split('/').map(bare);
  return file
    .toLowerCase()
    .split(/[./]/)
    .some((part) => parts.includes(part));
}

function isItsModule(path: string, about: readonly string[]): boolean {
  const names = path
    .split('/')
    .map(bare)
    .filter((name) => name.length > 1 && !general.has(name));
  const joined = names.join('_');
  return about.some(
    (subject) => joined.includes(subject) || names.some((name) => name.length > 2 && subject.includes(name)),
  );
}

function touches(path: string, file: string): boolean {
  if (prose.test(path)) return false;
  if (compiled.test(path) || build.test(path) || runner.test(path)) return true;
  const name = path.split('/').at(-1) ?? '';
  // Whatever else lies among the tests may be shared by them.
  if (insideTests.test(path) && !name.startsWith('test_'))
    return !/(?:^|\/)test_[^/]*\//.test(path) || isOwnTest(path, file);
  return isOwnTest(path, file) || isItsModule(path, subjects(file));
}

/**
 * Whether one of the changed files (paths from the root of the repository, `/` between) is the failed test, its module, the tests' support, C
 * sources, build files or the runner. null or an empty list: nobody says what was changed, so everything counts as touched; likewise a
 * failure of which no test file is known.
 */
export function mayTouch(changed: readonly string[] | null, file: string | null): boolean {
  if (changed === null || changed.length === 0 || file === null) return true;
  return changed.some((path) => touches(path.toLowerCase().replaceAll('\\', '/'), file));
}
