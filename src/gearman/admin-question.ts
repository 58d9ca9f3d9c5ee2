// One admin question on a TCP connection of its own: geard answers some lines with a broken connection, so none is ever
// asked on a working one (GEARMAN.md section 2).

import type { Address } from './address.ts';
import { createFrameReader } from './frame-reader.ts';
import { dropSocket, openSocket, type Security } from './open-socket.ts';
import type { GearmanLimits } from './options.ts';
import { printable, reasonOf } from './printable.ts';

export interface Question {
  /** The lines to send, without their ends. */
  readonly lines: readonly string[];
  /** Given each line of the answer; true when it was the last one. */
  read(line: string): boolean;
  /** Milliseconds, connecting included. */
  readonly within: number;
}

/** `answered`: `read` has seen the last line. `silent`: connected, and no byte came in time. */
export type Answered =
  | { readonly kind: 'answered' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'failed'; readonly why: string };

export interface Asking {
  readonly answer: Promise<Answered>;
  /** Gives up: `failed`. */
  cancel(): void;
}

type AdminLimits = Pick<GearmanLimits, 'adminAnswer' | 'adminLine'>;

/** Connects and asks. The answer comes once the socket is closed. */
export function askAdmin(
  { address, security }: { readonly address: Address; readonly security: Security },
  question: Question,
  limits: AdminLimits,
): Asking {
  let opening: ReturnType<typeof openSocket>;
  try {
    opening = openSocket(address, security);
  } catch (error) {
    return {
      answer: Promise.resolve({ kind: 'failed', why: reasonOf(error) }),
      cancel: () => undefined,
    };
  }
  return askOn(opening, question, limits);
}

function askOn(
  { socket, ready }: ReturnType<typeof openSocket>,
  question: Question,
  limits: AdminLimits,
): Asking {
  let outcome: Answered | null = null;
  let received = 0;
  let isConnected = false;

  const settle = (found: Answered): void => {
    outcome ??= found;
    clearTimeout(timer);
    reader.stop();
    dropSocket(socket);
  };
  const fail = (why: string): void => settle({ kind: 'failed', why });
  const reader = createFrameReader(
    {
      frame: () => fail('it answered an admin line with a packet'),
      readsPast: () => false,
      tooLarge: () => undefined,
      line: (text) => readLine(text.toString('utf8')),
      broken: fail,
    },
    { largest: 0, longestLine: limits.adminLine },
  );
  const timer = setTimeout(() => {
    if (isConnected && received === 0) settle({ kind: 'silent' });
    else
      fail(
        isConnected
          ? `the answer did not end within ${question.within} ms`
          : `no connection within ${question.within} ms`,
      );
  }, question.within);

  function readLine(line: string): void {
    if (line.startsWith('ERR ')) fail(`it said ${printable(line)}`);
    else if (question.read(line)) settle({ kind: 'answered' });
  }

  socket.once(ready, () => {
    isConnected = true;
    socket.write(question.lines.map((line) => `${line}\n`).join(''));
  });
  socket.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (received > limits.adminAnswer) fail(`more than ${limits.adminAnswer} bytes of answer`);
    else reader.push(chunk);
  });
  socket.on('error', (error) => fail(reasonOf(error)));
  socket.once('end', () => fail('it closed the connection'));
  return {
    answer: new Promise((resolve) => {
      socket.once('close', () => {
        fail('it closed the connection');
        resolve(outcome ?? { kind: 'silent' });
      });
    }),
    cancel: () => fail('given up, as we are closing'),
  };
}
