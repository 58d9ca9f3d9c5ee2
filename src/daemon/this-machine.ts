// The disk and the event loop of the process, for pressure.ts.

import { statfs } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Machine } from './pressure.ts';

/** Milliseconds between two samples: rare, so that an idle daemon sleeps. A sample includes them. */
const resolution = 100;

export function thisMachine(): Machine {
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  return {
    async freeBytes(folder) {
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    },
    lag() {
      // A reset forgets the sample under way: with nothing counted yet there is nothing to forget.
      if (delay.count === 0) return 0;
      const longest = delay.max / 1e6 - resolution;
      delay.reset();
      return Math.max(0, longest);
    },
  };
}
