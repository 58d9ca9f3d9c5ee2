// Where the daemon is asked: an address given by --url, else the first control socket that answers (DESIGN.md section 6).

import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommonOptions } from './common-options.ts';
import { CommandError, exitCodes, isCommandError } from './exit.ts';
import { request, type Place } from './request.ts';

type Env = Readonly<Record<string, string | undefined>>;

const probeDeadline = 2_000;

/** The candidates that the configuration names: its store's directory, and the run-time directory by the manager's name. */
async function configured(common: CommonOptions, env: Env): Promise<readonly string[]> {
  if (!common.configNamed && !(await isThere(common.config))) return [];
  const { load } = await import('../config/load.ts');
  // The password belongs to the daemon; who is in its group may act and cannot read it.
  const loaded = await load(common.config, { password: 'unread' });
  if (loaded.kind === 'refused') {
    // Not named by anybody: it may be unreadable for this user, whose daemon is found all the same.
    if (!common.configNamed) return [];
    const { formatFinding } = await import('../config/finding.ts');
    throw new CommandError(exitCodes.usage, loaded.findings.map(formatFinding).join('\n'));
  }
  const { store, manager } = loaded.config;
  const runtime = env['XDG_RUNTIME_DIR'];
  return [
    join(store.path, 'control.sock'),
    ...(runtime === undefined ? [] : [join(runtime, `gearbridge-${manager}.sock`)]),
  ];
}

/** Whether a file is there, as far as we may see. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    // Absent and unreadable are the same here: the socket is looked for elsewhere.
    return false;
  }
}

async function probe(path: string): Promise<'answers' | 'forbidden' | 'silent'> {
  try {
    await request({ kind: 'socket', path }, { method: 'GET', path: '/livez', deadline: probeDeadline });
    return 'answers';
  } catch (error) {
    // Whatever the reason, the next candidate is tried; only a closed door is worth telling.
    return isCommandError(error) && error.exitCode === exitCodes.notPermitted ? 'forbidden' : 'silent';
  }
}

async function* candidates(common: CommonOptions, env: Env): AsyncGenerator<string> {
  for (const folder of (env['RUNTIME_DIRECTORY'] ?? '').split(':')) {
    if (folder !== '') yield join(folder, 'control.sock');
  }
  yield* await configured(common, env);
  yield '/run/gearbridge/control.sock';
}

async function findSocket(common: CommonOptions, env: Env): Promise<Place> {
  const tried: string[] = [];
  let forbidden: string | null = null;
  for await (const path of candidates(common, env)) {
    const found = await probe(path);
    if (found === 'answers') return { kind: 'socket', path };
    if (found === 'forbidden') forbidden ??= path;
    tried.push(path);
  }
  if (forbidden !== null) {
    throw new CommandError(
      exitCodes.notPermitted,
      `not permitted to use ${forbidden}; join the group that owns it, or run this as the daemon's user`,
    );
  }
  throw new CommandError(
    exitCodes.unreachable,
    `no daemon answers on ${tried.join(', ')}; start it, name its file with --config, or give --url ADDRESS to read from afar`,
  );
}

function parsedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new CommandError(
      exitCodes.usage,
      `--url: expected an address such as http://127.0.0.1:8077/ (got ${text})`,
    );
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/** Where a command that only reads asks. */
export async function placeToRead(common: CommonOptions, env: Env): Promise<Place> {
  return common.url === null ? findSocket(common, env) : { kind: 'url', url: parsedUrl(common.url) };
}

/** Where a command that changes something asks: the control socket alone. */
export async function placeToAct(common: CommonOptions, env: Env): Promise<Place> {
  if (common.urlNamed) {
    const why = '--url: this command changes something, which the daemon takes on its control socket only';
    throw new CommandError(exitCodes.usage, why);
  }
  return findSocket(common, env);
}
