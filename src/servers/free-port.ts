// A free loopback port. It may be taken again before a server listens on it, so those who use it try twice.

import { once } from 'node:events';
import { createServer } from 'node:net';

/** A TCP port of 127.0.0.1 on which nobody listened a moment ago; rejects when the one asked for is taken. */
export async function freePort(asked = 0): Promise<number> {
  const server = createServer();
  server.listen(asked, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Error(`port ${asked} of 127.0.0.1 is taken: end what listens there, or choose another`, {
      cause: error,
    });
  }
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string')
    throw new Error('listening on 127.0.0.1:0 gave no port');
  return address.port;
}

/**
 * Starts something on a port: the one asked for, else a free one, and then once more on another one when the first try
 * fails (somebody may have taken the port in between).
 */
export async function onPort<Started>(
  asked: number | undefined,
  start: (port: number) => Promise<Started>,
): Promise<Started> {
  if (asked !== undefined) return start(await freePort(asked));
  let first: unknown;
  try {
    return await start(await freePort());
  } catch (error) {
    first = error;
  }
  try {
    return await start(await freePort());
  } catch (second) {
    const said = second instanceof Error ? second.message : String(second);
    throw new AggregateError([first, second], `twice: ${said}`, { cause: second });
  }
}
