// `gearbridge config check [FILE] [--online]`: everything that is wrong with the file, and with --online what the master and the
// Gearman servers say. Works without a daemon.

import { connect } from 'node:net';
import type { Address, Config } from '../config/config.ts';
import { formatFinding } from '../config/finding.ts';
import { load } from '../config/load.ts';
import { visible } from '../views/text.ts';
import type { Tone } from '../views/tone.ts';
import { exitCodes, type ExitCode } from './exit.ts';
import type { Call } from './terminal.ts';
import { jsonText, lines, type Cell } from './text.ts';

interface OnlineFinding {
  readonly part: string;
  readonly level: 'ok' | 'warning' | 'error';
  readonly sentence: string;
}

interface Online {
  readonly findings: readonly OnlineFinding[];
  readonly unreachable: boolean;
}

const gearmanDeadline = 5_000;

async function askMaster(config: Config): Promise<Online> {
  const [{ createMaster }, { readPassword }, { stanzaVersion }] = await Promise.all([
    import('../buildbot/create-master.ts'),
    import('../config/password.ts'),
    import('./stanza.ts'),
  ]);
  const { url, username, passwordFile, forceScheduler } = config.buildbot;
  const master = createMaster({
    url,
    scheduler: forceScheduler,
    stanza: await stanzaVersion(),
    ...(username === null ? {} : { username }),
    ...(passwordFile === null ? {} : { password: () => readPassword(passwordFile) }),
  });
  try {
    const findings = await master.check();
    return { findings, unreachable: findings.some((one) => one.part === 'master' && one.level === 'error') };
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error);
    return { findings: [{ part: 'master', level: 'error', sentence }], unreachable: true };
  } finally {
    await master.close();
  }
}

/** The admin line `status`, which both kinds of server answer with lines up to a dot. */
function askGearman({ host, port }: Address): Promise<OnlineFinding> {
  const part = `gearman ${host}:${port}`;
  return new Promise((resolve) => {
    const socket = connect(port, host, () => socket.write('status\n'));
    let heard = '';
    const tell = (level: 'ok' | 'error', sentence: string): void => {
      socket.destroy();
      resolve({ part, level, sentence });
    };
    socket.setTimeout(gearmanDeadline, () =>
      tell('error', 'it gave no answer to the admin line status; is it a Gearman server?'),
    );
    socket.on('error', (error) => tell('error', `${error.message}; is the server running?`));
    socket.on('end', () => tell('error', 'it closed the connection; is it a Gearman server?'));
    socket.on('data', (piece: Buffer) => {
      heard = (heard + piece.toString('latin1')).slice(-64);
      if (/(^|\n)\.\r?\n$/.test(heard)) tell('ok', 'answers');
    });
  });
}

async function askOutside(config: Config): Promise<Online> {
  const servers = config.gearman.kind === 'servers' ? config.gearman.servers : [];
  const [master, ...gearman] = await Promise.all([askMaster(config), ...servers.map(askGearman)]);
  return {
    findings: [...master.findings, ...gearman],
    unreachable: master.unreachable || gearman.some((one) => one.level === 'error'),
  };
}

const tones: Readonly<Record<OnlineFinding['level'], Tone>> = { ok: 'good', warning: 'warn', error: 'bad' };

function onlineText(online: Online, { terminal, common }: Call): string[] {
  const rows = online.findings.map(({ part, level, sentence }): Cell[] => [
    { text: part },
    { text: level, tone: tones[level] },
    { text: sentence },
  ]);
  // A sentence that says what to do is not cut: the terminal wraps it.
  const columns = Math.max(terminal.columns(), 2_000);
  return lines({ heads: ['PART', 'LEVEL', 'WHAT'], rows }, { columns, color: common.color });
}

/** What is right, and yet costs something that is easily overlooked. */
function notesOn({ jobs }: Config): readonly string[] {
  return jobs
    .filter(({ changedFiles }) => changedFiles === undefined)
    .map(
      ({ name }) =>
        `note: job ${name} has no changed_files: unless its gatekeeper sends GATE_FILES, every file counts as touched, and known flakes are forgiven much less`,
    );
}

function onlineCode(online: Online): ExitCode {
  if (online.unreachable) return exitCodes.unreachable;
  return online.findings.some((one) => one.level === 'error') ? exitCodes.no : exitCodes.yes;
}

/** 2 for a wrong file; online 3 when something cannot be reached, 1 when it answers and is wrong. Warnings do not fail. */
export async function configCheck(
  call: Call,
  options: { readonly file: string | null; readonly online: boolean },
): Promise<ExitCode> {
  const { terminal, common } = call;
  const file = options.file ?? common.config;
  const result = await load(file);
  const online = options.online && result.kind === 'loaded' ? await askOutside(result.config) : null;
  const code =
    result.kind === 'refused' ? exitCodes.usage : online === null ? exitCodes.yes : onlineCode(online);
  const notes = result.kind === 'loaded' ? notesOn(result.config) : [];
  if (common.json) {
    const document = {
      file,
      ok: code === exitCodes.yes,
      findings: result.findings,
      online: online?.findings ?? null,
      notes,
    };
    terminal.out(`${jsonText(document)}\n`);
    return code;
  }
  for (const finding of result.findings) terminal.out(`${formatFinding(finding)}\n`);
  for (const note of notes) terminal.out(`${visible(note)}\n`);
  if (result.kind === 'loaded') terminal.out(`${visible(file)} is a valid configuration\n`);
  if (online !== null) terminal.out(`${onlineText(online, call).join('\n')}\n`);
  return code;
}
