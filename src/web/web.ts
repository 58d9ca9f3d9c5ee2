// The daemon's two doors for people and tools: HTTP over TCP, where everything can be read and nothing changed, and the control
// socket, which does both. One handler serves both; pages and the live feed are loaded when somebody first asks for them.

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Actions } from '../views/actions.ts';
import type { Views } from '../views/views.ts';
import { createFailedLogs } from './failed-logs.ts';
import { handle, type Handling } from './handler.ts';
import { endServer, limitedServer, listenOnSocket, listenOnTcp, type TcpAddress } from './listen.ts';
import type { Live } from './live.ts';
import type { WebLog } from './log.ts';
import { makeRoom } from './socket-file.ts';

export interface WebOptions {
  readonly views: Views;
  readonly actions: Actions;
  /** null: no TCP. */
  readonly listen: TcpAddress | null;
  /** null: no control socket. */
  readonly socketPath: string | null;
  readonly publicUrl: string;
  readonly log: WebLog;
}

export interface Web {
  /** Where it listens: `host:port` as it came out, and the socket's path. */
  address(): { readonly tcp: string | null; readonly socket: string | null };
  /** Ends every connection within two seconds, takes the socket's file away. */
  close(): Promise<void>;
}

const closeGrace = 1_500;

function createDoor(
  handling: Handling,
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void,
): Server {
  const server = limitedServer((request, response) => {
    response.on('error', (error) => {
      handling.log.info({ why: error.message }, 'reader went away');
    });
    void handle(request, response, handling);
  });
  server.on('upgrade', upgrade);
  return server;
}

/** A live feed that is made with the first client. */
function lazyLive(handling: Handling, publicUrl: string): Pick<Live, 'upgrade' | 'close'> {
  let live: Promise<Live> | null = null;
  let closed = false;
  return {
    upgrade(request, socket, head) {
      live ??= import('./live.ts').then(({ createLive }) => createLive({ ...handling, publicUrl }));
      live.then(
        (ready) => {
          if (closed) socket.destroy();
          else ready.upgrade(request, socket, head);
        },
        (error: unknown) => {
          handling.log.warn({ err: error }, 'live feed could not be started');
          socket.destroy();
        },
      );
    },
    close() {
      closed = true;
      void live?.then((ready) => ready.close());
    },
  };
}

/** Opens both doors. Rejects when an address is taken, or another daemon answers on the socket; nothing stays open then. */
export async function createWeb(options: WebOptions): Promise<Web> {
  const { views, actions, log, publicUrl } = options;
  const reading = { views, log, failedLogs: createFailedLogs(views, Date.now) };
  const live = lazyLive({ ...reading, actions: null }, publicUrl);
  const open = createDoor({ ...reading, actions: null }, live.upgrade);
  const control = createDoor({ ...reading, actions }, live.upgrade);
  const close = async (): Promise<void> => {
    live.close();
    await Promise.all([endServer(open, closeGrace), endServer(control, closeGrace)]);
  };
  let tcp: string | null = null;
  try {
    if (options.socketPath !== null) {
      await makeRoom(options.socketPath);
      await listenOnSocket(control, options.socketPath);
    }
    if (options.listen !== null) tcp = await listenOnTcp(open, options.listen);
  } catch (error) {
    await close();
    throw error;
  }
  for (const server of [open, control]) {
    server.on('error', (error) => log.warn({ err: error }, 'web server failed'));
  }
  return { address: () => ({ tcp, socket: options.socketPath }), close };
}
