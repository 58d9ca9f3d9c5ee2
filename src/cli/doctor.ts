// `gearbridge doctor`: looks at everything the gate stands on, and says of each part what is wrong and what cures it. Changes nothing.

import type { Config } from '../config/config.ts';
import { formatFinding } from '../config/finding.ts';
import { load } from '../config/load.ts';
import type { StatusView } from '../views/document.ts';
import { apiToRead } from './api.ts';
import { exitCodes, isCommandError, type ExitCode } from './exit.ts';
import { serversOf } from './outside/ask-gearman.ts';
import { askMaster } from './outside/ask-master.ts';
import { findingLines, outsideCode, type Outside, type OutsideFinding } from './outside/finding.ts';
import { examineGearman } from './outside/examine-gearman.ts';
import { examineEngine, examineNode, examineStore } from './outside/examine-machine.ts';
import { examineRedis } from './outside/examine-redis.ts';
import { examineCancel, examineClock, examineEvents } from './outside/examine-master.ts';
import type { Call } from './terminal.ts';
import { jsonText } from './text.ts';

/** Whether a daemon runs with this configuration, and how it is. */
async function examineDaemon(call: Call): Promise<OutsideFinding> {
  const part = 'daemon';
  try {
    const view = await (await apiToRead(call)).get<StatusView>('status');
    const bad = view.dependencies.filter(({ state }) => state !== 'up');
    const sentence = `version ${view.version} is ${view.mode}${view.why === '' ? '' : `: ${view.why}`}`;
    if (view.mode === 'serving' && bad.length === 0) return { part, level: 'ok', sentence };
    const troubles = bad.map(({ name, state, why }) => `${name} is ${state} (${why})`).join('; ');
    return { part, level: 'warning', sentence: troubles === '' ? sentence : `${sentence}; ${troubles}` };
  } catch (error) {
    if (!isCommandError(error)) throw error;
    return { part, level: 'warning', sentence: error.message };
  }
}

async function examine(call: Call, config: Config): Promise<Outside> {
  const { url } = config.buildbot;
  const servers = serversOf(config.gearman);
  const [master, machine, redis, ...rest] = await Promise.all([
    askMaster(config, (asked) =>
      Promise.all([examineClock(url, () => Date.now()), examineCancel(asked), examineEvents(asked)]),
    ),
    Promise.all([examineEngine(), examineStore(config.store)]),
    examineRedis(config.store),
    ...servers.map((server) => examineGearman(server, config)),
    examineDaemon(call),
  ]);
  const [engine, store] = machine;
  const own = [examineNode(process.versions.node), engine, ...store, ...redis.findings];
  const findings = [...own, ...master.findings, ...rest];
  const deaf = rest.some(({ part, level }) => part.startsWith('gearman ') && level === 'error');
  return { findings, unreachable: master.unreachable || redis.unreachable || deaf };
}

/** 0 all is well (warnings count as well), 1 something is wrong, 2 the configuration is, 3 something cannot be reached. */
export async function doctor(call: Call): Promise<ExitCode> {
  const { terminal, common } = call;
  const loaded = await load(common.config);
  const outside = loaded.kind === 'loaded' ? await examine(call, loaded.config) : null;
  const code = outside === null ? exitCodes.usage : outsideCode(outside);
  const configuration: OutsideFinding[] = loaded.findings.map((finding) => ({
    part: 'configuration',
    level: finding.level,
    sentence: formatFinding(finding),
  }));
  const findings = [...configuration, ...(outside?.findings ?? [])];
  if (common.json) terminal.out(`${jsonText({ ok: code === exitCodes.yes, findings })}\n`);
  else terminal.out(`${findingLines(findings, call).join('\n')}\n`);
  return code;
}
