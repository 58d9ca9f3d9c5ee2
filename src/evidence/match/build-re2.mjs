// Runs after `npm install`: compiles re2 from the sources in its own package, or leaves it and says why; re2js then
// stands in. Nothing is fetched: re2's own install script, which looks for a binary on the network first, is not allowed
// to run (package.json, allowScripts; overrides takes its downloader away from an npm that does not know allowScripts),
// and Node's headers have to stand beside Node. Plain JavaScript, for it runs before anything is built.

import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';

const require = createRequire(import.meta.url);
const minute = 60_000;

/** The folder of an installed package, or null. */
function folderOf(name) {
  try {
    return dirname(require.resolve(`${name}/package.json`));
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}

function runs(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore', timeout: minute }).status === 0;
}

/** In a process of its own: a binary of another Node may do worse than throw. */
function loads(folder) {
  return (
    spawnSync(process.execPath, ['-e', `new (require(${JSON.stringify(folder)}))('a').test('a')`], {
      stdio: 'ignore',
      timeout: minute,
    }).status === 0
  );
}

/** Where include/node/node.h stands, or null: node-gyp would fetch the headers otherwise. */
function headers() {
  const places = [process.env.npm_config_nodedir, dirname(dirname(process.execPath))];
  return places.find((place) => place && existsSync(join(place, 'include/node/node.h'))) ?? null;
}

/** What hinders a build, or null. */
function hindrance() {
  if (headers() === null) return "Node's headers (include/node/node.h) are not beside Node";
  const missing = ['make', process.env.CXX ?? 'c++', process.env.PYTHON ?? 'python3'].filter(
    (command) => !runs(command),
  );
  return missing.length > 0 ? `there is no ${missing.join(', no ')}` : null;
}

/** Null when it was built and loads, else the end of what the compiler said. */
function build(folder, gyp) {
  const args = [join(gyp, 'bin/node-gyp.js'), 'rebuild', '-j', 'max', '--silent', `--nodedir=${headers()}`];
  const done = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
    timeout: 15 * minute,
  });
  if (done.status === 0 && loads(folder)) return null;
  rmSync(join(folder, 'build'), { recursive: true, force: true });
  return done.stderr.slice(-2_000);
}

/** One line for whoever installs, or null when there is nothing to say. */
function install() {
  const folder = folderOf('re2');
  const gyp = folderOf('node-gyp');
  if (folder === null || gyp === null) return 'is left out (no optional dependencies)';
  if (loads(folder)) return null;
  const why = hindrance();
  if (why !== null) return `is not compiled: ${why}`;
  const trouble = build(folder, gyp);
  return trouble === null ? null : `could not be compiled:\n${trouble}\nSo`;
}

const said = install();
if (said !== null)
  process.stdout.write(`gearbridge: re2 ${said}; signatures are matched by re2js, which is slower\n`);
