// What regrtest says to be running, every 30 seconds and behind results: a hang is seen long before the watchdog fires.

import type { LogLine } from '../line.ts';
import { kept, type Scene } from '../scene.ts';
import { moduleName } from '../test-id.ts';

/** regrtest's own watchdog is set to so many seconds at the least: a file that takes longer hangs. */
export const hangsAfter = 20 * 60;

/** `20 min 1.5 sec` in seconds. */
export function seconds(duration: string): number {
  let sum = 0;
  for (const [, count = '', unit = ''] of duration.matchAll(/(\d+(?:\.\d+)?) ?(h|min|sec|s)/g)) {
    sum += Number(count) * (unit === 'h' ? 3_600 : unit === 'min' ? 60 : 1);
  }
  return sum;
}

/** Notes `test_a (31 sec), test_b (20 min 1 sec)`: which files run, and for how long. */
export function noteRunning(scene: Scene, line: LogLine, names: string): void {
  const files = names.split(/, (?=[\w.]+ \()/).slice(0, 200);
  scene.running.files = files.flatMap((one): [string, number][] => {
    const [, file, time = ''] = /^([\w.]+) \(([^)]*)\)/.exec(one) ?? [];
    return file === undefined ? [] : [[kept(moduleName(file)), seconds(time)]];
  });
  scene.running.line = line.number;
}
