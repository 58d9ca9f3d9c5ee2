// Loaded into the measured daemon before all else: answers on a port of its own how the main thread did, and what memory it holds.

import { createServer } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

/** Milliseconds between two samples, which each sample includes. */
const resolution = 10;

function listen(port: number): void {
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  const beyond = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - resolution);
  const server = createServer((request, response) => {
    if (request.url === '/collect') {
      setFlagsFromString('--expose-gc');
      const collect = runInNewContext('gc') as () => void;
      // What the first round finalizes, the second frees.
      collect();
      collect();
    }
    const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
    const loop = {
      ...{ p50: beyond(delay.percentile(50)), p99: beyond(delay.percentile(99)), max: beyond(delay.max) },
    };
    response.end(JSON.stringify({ loop, heapUsed, external, arrayBuffers, rss }));
    delay.reset();
  });
  server.listen(port, '127.0.0.1');
  // The daemon ends when it has nothing left to do.
  server.unref();
}

const port = Number(process.env['PROBE_PORT']);
if (isMainThread && port > 0) listen(port);
