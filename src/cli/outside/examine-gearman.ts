// What a Gearman server has registered of us, and which of the two kinds it is.

import { formatAddress } from '../../config/address.ts';
import { adminAnswer, type Server } from './ask-gearman.ts';
import type { OutsideFinding } from './finding.ts';

interface Row {
  readonly name: string;
  readonly total: number;
  readonly running: number;
  readonly workers: number;
}

function rowsOf(answer: string): readonly Row[] {
  return answer.split('\n').flatMap((line) => {
    const [name = '', total, running, workers] = line.trim().split('\t');
    if (workers === undefined) return [];
    return [{ name, total: Number(total), running: Number(running), workers: Number(workers) }];
  });
}

/** Whether the functions of this gate are served there, and by how many. */
export async function examineGearman(
  server: Server,
  { manager, jobs }: { readonly manager: string; readonly jobs: readonly { readonly name: string }[] },
): Promise<OutsideFinding> {
  const part = `gearman ${formatAddress(server.address)}`;
  try {
    const rows = rowsOf(await adminAnswer(server, 'status'));
    const served = rows.filter(({ workers }) => workers > 0).map(({ name }) => name);
    const missing = jobs.map(({ name }) => `build:${name}`).filter((name) => !served.includes(name));
    if (!served.includes(`stop:${manager}`))
      return {
        part,
        level: 'warning',
        sentence: `answers, and nobody serves stop:${manager} there; start the daemon`,
      };
    if (missing.length > 0)
      return {
        part,
        level: 'warning',
        sentence: `answers, and nobody serves ${missing.slice(0, 5).join(', ')}; the daemon takes no new work now, or runs with another configuration: gearbridge status, gearbridge config diff`,
      };
    const waiting = rows.reduce(
      (sum, { name, total, running }) => sum + (name.startsWith('build:') ? total - running : 0),
      0,
    );
    return { part, level: 'ok', sentence: `serves our functions; ${waiting} gate jobs wait there` };
  } catch (error) {
    return { part, level: 'error', sentence: error instanceof Error ? error.message : String(error) };
  }
}
