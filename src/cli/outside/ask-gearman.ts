// What a Gearman server says to the admin lines that both kinds of server know.

import { connect } from 'node:net';
import type { Address } from '../../config/config.ts';
import type { OutsideFinding } from './finding.ts';

/** Milliseconds. */
const deadline = 5_000;
/** Bytes of an answer; a server of 5,000 functions says some 200 KB. */
const mostHeard = 4 * 1024 * 1024;

/** Sends an admin line that is answered up to a dot; gives the answer. Rejects with a sentence. */
export function adminAnswer({ host, port }: Address, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => socket.write(`${line}\n`));
    const pieces: Buffer[] = [];
    let size = 0;
    const fail = (why: string): void => {
      socket.destroy();
      reject(new Error(why));
    };
    socket.setTimeout(deadline, () =>
      fail(`it gave no answer to the admin line ${line}; is it a Gearman server?`),
    );
    socket.on('error', (error) => fail(`${error.message}; is the server running?`));
    socket.on('end', () => fail('it closed the connection; is it a Gearman server?'));
    socket.on('data', (piece: Buffer) => {
      pieces.push(piece);
      size += piece.length;
      if (size > mostHeard) {
        fail(`it answered the admin line ${line} with more than ${mostHeard} bytes; is it a Gearman server?`);
        return;
      }
      // The dot may come in a piece of its own.
      const end = Buffer.concat(pieces.slice(-2)).toString('latin1');
      if (!/(^|\n)\.\r?\n$/.test(end)) return;
      socket.destroy();
      resolve(Buffer.concat(pieces).toString('latin1'));
    });
  });
}

/** Whether the server answers at all. */
export async function askGearman(address: Address): Promise<OutsideFinding> {
  const part = `gearman ${address.host}:${address.port}`;
  try {
    await adminAnswer(address, 'status');
    return { part, level: 'ok', sentence: 'answers' };
  } catch (error) {
    return { part, level: 'error', sentence: error instanceof Error ? error.message : String(error) };
  }
}
