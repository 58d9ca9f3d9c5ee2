// What `config check --online` and `/readyz` ask of a master: three requests, and a sentence for each part with its cure.

import { BuildbotError } from './buildbot-error.ts';
import type { Finding } from './master.ts';
import { oneLine } from './one-line.ts';
import type { Settings } from './options.ts';
import { anyOf, isRow, onlyRow, rowOf, textsOf } from './read-json.ts';
import type { Row } from './read-json.ts';
import { segment } from './rest.ts';
import type { Rest } from './rest.ts';
import { fieldsTrouble, flatFields } from './scheduler-fields.ts';
import type { Field } from './scheduler-fields.ts';
import type { Session } from './session.ts';

export interface CheckTools {
  readonly rest: Rest;
  readonly session: Session;
  readonly settings: Settings;
}

interface Config {
  readonly version: string;
  readonly auth: string;
  /** null: anonymous, which has no name. */
  readonly user: string | null;
}

function finding(part: Finding['part'], level: Finding['level'], sentence: string): Finding {
  return { part, level, sentence };
}

function versionOf(body: Row): string {
  const versions = anyOf(body, 'versions');
  const pairs: readonly unknown[] = Array.isArray(versions) ? versions : [];
  const own = pairs.find((pair): pair is readonly unknown[] => Array.isArray(pair) && pair[0] === 'Buildbot');
  return own === undefined ? 'of an unknown version' : oneLine(String(own[1]), 40);
}

function readConfig(body: Row): Config {
  const user = rowOf(body, 'user');
  const auth = anyOf(body, 'auth');
  const name = isRow(auth) ? anyOf(auth, 'name') : null;
  const known = anyOf(user, 'username') ?? anyOf(user, 'email') ?? anyOf(user, 'full_name');
  return {
    version: versionOf(body),
    auth: typeof name === 'string' ? oneLine(name, 40) : 'NoAuth',
    user: typeof known === 'string' ? oneLine(known, 80) : null,
  };
}

function loginFinding({ username }: Settings, config: Config): Finding {
  const { user, auth } = config;
  if (username !== null && user === null) {
    const sentence = `the master took the login of '${oneLine(username, 80)}' but treats it as anonymous (auth ${auth}); a program needs an auth that takes passwords`;
    return finding('login', 'error', sentence);
  }
  if (user !== null) return finding('login', 'ok', `logged in as '${user}'`);
  if (auth === 'NoAuth') return finding('login', 'ok', 'the master asks for no login');
  const sentence = `no buildbot.username is set, but the master has logins (${auth}); set it and buildbot.password_file if forcing is refused`;
  return finding('login', 'warning', sentence);
}

interface Scheduler {
  readonly fields: readonly Field[];
  readonly builders: readonly string[];
}

function readScheduler(body: Row): Scheduler {
  const row = onlyRow(body, 'forceschedulers');
  return { fields: flatFields(anyOf(row, 'all_fields')), builders: textsOf(row, 'builder_names') };
}

function fieldFindings(fields: readonly Field[], scheduler: string): readonly Finding[] {
  const troubles = fieldsTrouble(fields);
  const sentence = (level: 'wrong' | 'lesser', cure: string): string => {
    const said = troubles.filter((trouble) => trouble.level === level).map(({ says }) => says);
    return `force scheduler '${scheduler}': ${said.join('; ')}; ${cure}`;
  };
  const findings: Finding[] = [];
  if (troubles.some(({ level }) => level === 'wrong')) {
    const cure = 'declare these as plain StringParameters, as in the stanza of the README';
    findings.push(finding('fields', 'error', sentence('wrong', cure)));
  }
  if (troubles.some(({ level }) => level === 'lesser')) {
    const cure = 'the master drops what it does not declare; take the stanza of the README';
    findings.push(finding('fields', 'warning', sentence('lesser', cure)));
  }
  if (findings.length > 0) return findings;
  return [finding('fields', 'ok', `force scheduler '${scheduler}' takes every field that the gate sends`)];
}

function stanzaFinding(fields: readonly Field[], wanted: string): Finding {
  const field = fields.find(({ name }) => name === 'gate_stanza');
  const cure = "put this version's stanza into master.cfg (gearbridge config init prints it)";
  if (field === undefined) return finding('stanza', 'warning', `the master carries no gate_stanza; ${cure}`);
  const found = oneLine(String(field.fallback), 20);
  if (field.type === 'fixed' && found === wanted)
    return finding('stanza', 'ok', `the master carries stanza ${found}`);
  return finding(
    'stanza',
    'warning',
    `the master carries stanza '${found}', this version documents '${wanted}'; ${cure}`,
  );
}

function builderFinding(builders: readonly string[], scheduler: string): Finding {
  if (builders.length > 0)
    return finding('builders', 'ok', `force scheduler '${scheduler}' serves ${builders.length} builders`);
  const sentence = `force scheduler '${scheduler}' serves no builder; give it builderNames in master.cfg`;
  return finding('builders', 'error', sentence);
}

async function schedulerFindings({ rest, settings }: CheckTools): Promise<readonly Finding[]> {
  const name = oneLine(settings.scheduler, 80);
  const path = `forceschedulers/${segment(settings.scheduler)}`;
  let scheduler: Scheduler;
  try {
    scheduler = await rest.read({ path, verb: 'scheduler', as: readScheduler });
  } catch (error) {
    if (!(error instanceof BuildbotError)) throw error;
    const missing = error.status === 404 && error.retry === 'permanent';
    const sentence = missing
      ? `the master has no force scheduler '${name}'; check buildbot.force_scheduler and the stanza in master.cfg`
      : error.message;
    return [finding('scheduler', 'error', sentence)];
  }
  return [
    finding('scheduler', 'ok', `force scheduler '${name}' is there`),
    ...fieldFindings(scheduler.fields, name),
    stanzaFinding(scheduler.fields, settings.stanza),
    builderFinding(scheduler.builders, name),
  ];
}

/** Logs in anew, so that a password that was changed is seen today and not when the cookie expires. */
async function loginTrouble({ session }: CheckTools): Promise<Finding | null> {
  try {
    await session.login();
    return null;
  } catch (error) {
    if (!(error instanceof BuildbotError)) throw error;
    const part = error.fault === 'login' ? 'login' : 'master';
    return finding(part, 'error', error.fault === 'login' ? error.why : error.message);
  }
}

/** Every finding, at most three requests: login, `config`, the scheduler. Never rejects for what the master does. */
export async function checkMaster(tools: CheckTools): Promise<readonly Finding[]> {
  const login = await loginTrouble(tools);
  if (login?.part === 'master') return [login];
  let config: Config;
  try {
    config = await tools.rest.read({ path: '/config', verb: 'config', as: readConfig });
  } catch (error) {
    if (!(error instanceof BuildbotError)) throw error;
    return [finding('master', 'error', error.message), ...(login === null ? [] : [login])];
  }
  const { href } = tools.settings.base;
  return [
    finding('master', 'ok', `Buildbot ${config.version} answers at ${href}`),
    login ?? loginFinding(tools.settings, config),
    ...(await schedulerFindings(tools)),
  ];
}
