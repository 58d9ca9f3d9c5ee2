// One WebSocket connection to the master: upgrade, subscriptions, pings, and its one end.

import WebSocket from 'ws';
import type { RawData } from 'ws';
import { paths, readFrame } from './hints.ts';
import type { Frame } from './hints.ts';
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
  /** Paths to subscribe to beside the usual ones. */
  readonly more: () => Iterable<string>;
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
    ...(base.protocol === 'https:' ? tls() : {}),
    perMessageDeflate: false,
    followRedirects: false,
    maxPayload: frameLimit,
    handshakeTimeout: deadlines.socket,
    headers: cookie === null ? {} : { Cookie: cookie },
  });
}

/** A connection to the master's events. */
export interface EventsSocket {
  /** Subscribes to one more path, or ends that. */
  readonly consume: (path: string, on: boolean) => void;
  /** Ends it without a call to `ended`. */
  readonly stop: () => void;
}

interface Commands {
  subscribe(): void;
  consume(path: string, on: boolean): void;
  /** An answer of the master's to a command. */
  answered(answer: { readonly id: number; readonly code: number; readonly said: string }): void;
  /** Nothing is expected or sent any more. */
  stop(): void;
}

interface CommandsOptions {
  readonly settings: Settings;
  /** Paths beside the usual ones. */
  readonly more: () => Iterable<string>;
  readonly send: (text: string) => void;
  /** Every subscription was answered. */
  readonly subscribed: () => void;
  /** An answer did not come in time. */
  readonly late: (why: string) => void;
}

function warn({ log }: Settings, what: string): void {
  log({ level: 'warn', message: `Buildbot's WebSocket ${what}; some news will come by polling only` });
}

/** Subscribes, then pings for ever; minds that each command is answered in time. */
function createCommands({ settings, more, send, subscribed, late }: CommandsOptions): Commands {
  const { clock, deadlines } = settings;
  const unanswered = new Set<number>();
  let nextId = 1;
  let told = false;
  let begun = false;
  let callOff = (): void => undefined;

  const command = (fields: Readonly<Record<string, string>>): void => {
    const id = nextId++;
    unanswered.add(id);
    send(JSON.stringify({ _id: id, ...fields }));
  };
  const expectAnswers = (what: string): void => {
    callOff = clock.after(deadlines.socket, () => {
      late(`no answer to ${what} within ${deadlines.socket} ms`);
    });
  };
  const ping = (): void => {
    command({ cmd: 'ping' });
    expectAnswers('a ping');
  };
  return {
    subscribe() {
      for (const path of [...paths, ...more()]) command({ cmd: 'startConsuming', path });
      expectAnswers('the subscriptions');
      begun = true;
    },
    consume(path, on) {
      // Before it is open there is nobody to tell; all that is wanted then goes with the subscriptions.
      if (begun) command({ cmd: on ? 'startConsuming' : 'stopConsuming', path });
    },
    answered({ id, code, said }) {
      if (!unanswered.delete(id)) return;
      if (code !== 200) warn(settings, `answered ${code} to a command: ${oneLine(said, 160)}`);
      if (unanswered.size > 0) return;
      callOff();
      callOff = clock.after(pingEvery, ping);
      if (!told) subscribed();
      told = true;
    },
    stop() {
      callOff();
    },
  };
}

function listen(socket: WebSocket, heard: (frame: Frame) => void, ended: (end: SocketEnd) => void): void {
  socket.on('message', (data) => {
    heard(readFrame(textOf(data)));
  });
  socket.on('unexpected-response', (request, response) => {
    const status = response.statusCode ?? null;
    response.on('error', (error) => {
      ended({ status, why: error.message });
    });
    response.resume();
    request.destroy();
    ended({ status, why: `the upgrade was answered with ${status ?? 'no status'}` });
  });
  socket.on('error', (error) => {
    ended({ status: null, why: error.message });
  });
  socket.on('close', (code) => {
    ended({ status: null, why: `it was closed with code ${code}` });
  });
}

/** Connects, with the session's cookie where there is one. */
export function connectSocket(
  settings: Settings,
  cookie: string | null,
  listener: SocketListener,
): EventsSocket {
  const socket = openSocket(settings, cookie);
  let over = false;
  const stop = (): void => {
    over = true;
    commands.stop();
    socket.terminate();
  };
  const ended = (end: SocketEnd): void => {
    if (over) return;
    stop();
    listener.ended(end);
  };
  const commands = createCommands({
    settings,
    more: listener.more,
    send: (text) => {
      socket.send(text);
    },
    subscribed: () => {
      listener.up();
    },
    late: (why) => {
      ended({ status: null, why });
    },
  });
  const heard = (frame: Frame): void => {
    if (over || frame.kind === 'noise') return;
    if (frame.kind === 'event') listener.hint(frame.hint);
    else commands.answered(frame);
  };
  socket.on('open', () => {
    if (!over) commands.subscribe();
  });
  listen(socket, heard, ended);
  return {
    stop,
    consume(path, on) {
      if (!over && socket.readyState === WebSocket.OPEN) commands.consume(path, on);
    },
  };
}
