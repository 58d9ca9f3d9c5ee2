// One WebSocket connection to the master: upgrade, subscriptions, pings, and its one end.

import WebSocket from 'ws';
import type { RawData } from 'ws';
import { paths, readFrame } from './hints.ts';
import type { Hint } from './master.ts';
import { oneLine } from './one-line.ts';
import type { Settings } from './options.ts';

/** The largest frame of a real fleet is a build with all its properties, some 10 KB. */
const frameLimit = 1024 * 1024;
/** Proxies cut connections that are silent for a minute. */
const pingEvery = 20_000;

export interface SocketEnd {
  /** HTTP status where the upgrade was refused. */
  readonly status: number | null;
  readonly why: string;
}

export interface SocketListener {
  /** Every subscription was acknowledged. */
  up(): void;
  hint(hint: Hint): void;
  /** Called once, after which nothing is called any more. */
  ended(end: SocketEnd): void;
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return data instanceof ArrayBuffer ? Buffer.from(data).toString('utf8') : data.toString('utf8');
}

function openSocket({ base, deadlines, tls }: Settings, cookie: string | null): WebSocket {
  const url = new URL('ws', base);
  url.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:';
  return new WebSocket(url, {
    ...(base.protocol === 'https:' ? tls : {}),
    perMessageDeflate: false,
    followRedirects: false,
    maxPayload: frameLimit,
    handshakeTimeout: deadlines.socket,
    headers: cookie === null ? {} : { Cookie: cookie },
  });
}

/** Connects, with the session's cookie where there is one. The function returned ends it without a call to `ended`. */
export function connectSocket(
  settings: Settings,
  cookie: string | null,
  listener: SocketListener,
): () => void {
  const { clock, deadlines, log } = settings;
  const socket = openSocket(settings, cookie);
  const unanswered = new Set<number>();
  let nextId = 1;
  let callOff = (): void => undefined;
  let over = false;
  let up = false;

  const end = (status: number | null, why: string): void => {
    if (over) return;
    over = true;
    callOff();
    socket.terminate();
    listener.ended({ status, why });
  };
  const command = (fields: Readonly<Record<string, string>>): void => {
    const id = nextId++;
    unanswered.add(id);
    socket.send(JSON.stringify({ _id: id, ...fields }));
  };
  const expectAnswers = (what: string): void => {
    callOff = clock.after(deadlines.socket, () => {
      end(null, `no answer to ${what} within ${deadlines.socket} ms`);
    });
  };
  const ping = (): void => {
    command({ cmd: 'ping' });
    expectAnswers('a ping');
  };
  const refused = ({ code, said }: { readonly code: number; readonly said: string }): void => {
    const what = `answered ${code} to a command: ${oneLine(said, 160)}`;
    log({ level: 'warn', message: `Buildbot's WebSocket ${what}; some news will come by polling only` });
  };
  const answered = (id: number): void => {
    if (!unanswered.delete(id) || unanswered.size > 0) return;
    callOff();
    callOff = clock.after(pingEvery, ping);
    if (up) return;
    up = true;
    listener.up();
  };

  socket.on('open', () => {
    if (over) return;
    for (const path of paths) command({ cmd: 'startConsuming', path });
    expectAnswers('the subscriptions');
  });
  socket.on('message', (data) => {
    if (over) return;
    const frame = readFrame(textOf(data));
    switch (frame.kind) {
      case 'event':
        listener.hint(frame.hint);
        return;
      case 'answer': {
        if (frame.code !== 200 && unanswered.has(frame.id)) refused(frame);
        answered(frame.id);
        return;
      }
      case 'noise':
        return;
    }
  });
  socket.on('unexpected-response', (request, response) => {
    response.resume();
    request.destroy();
    end(response.statusCode ?? null, `the upgrade was answered with ${response.statusCode ?? 'no status'}`);
  });
  socket.on('error', (error) => {
    end(null, error.message);
  });
  socket.on('close', (code) => {
    end(null, `it was closed with code ${code}`);
  });
  return () => {
    over = true;
    callOff();
    socket.terminate();
  };
}
