// The connection for `stop:` and `set_description:` alone. It never fills up with builds, so that a stop is seen while
// every slot is taken (GATEKEEPER.md 3.2).

import type { Socket } from 'node:net';
import { request } from './frame.ts';
import type { ControlJob, GearmanListener } from './gearman.ts';
import type { SessionJob } from './job-intake.ts';
import { keepSession } from './kept-session.ts';
import { packetType } from './packet-type.ts';
import { startSession, type Session, type Surroundings } from './session.ts';

/** Stops come by the hundred when a gatekeeper builds its queue anew. */
const grabs = 16;

export interface ControlSideOptions {
  readonly around: Surroundings;
  readonly clientId: string;
  readonly manager: string;
  readonly listener: GearmanListener;
  mayDial(): boolean;
  trouble(why: string): void;
}

export interface ControlSide {
  isUp(): boolean;
  /** `mayDial` may say something else now. */
  poke(): void;
  close(): Promise<void>;
}

/** Begins to connect as soon as it may. */
export function startControlSide(options: ControlSideOptions): ControlSide {
  const { around, manager } = options;
  const functions = new Set([`stop:${manager}`, `set_description:${manager}`]);
  let up: Session | null = null;

  const kept = keepSession({
    around,
    mayDial: () => options.mayDial(),
    begin,
    failed: (why) => options.trouble(why),
  });

  function begin(socket: Socket, next: () => void): Session {
    const session = startSession(socket, around, {
      clientId: options.clientId,
      grabs,
      mayGrab: () => true,
      job: (job) => options.listener.control(controlJob(session, job)),
      // Nobody keeps handles of control jobs: one that the server has dropped needs no answer.
      doubt: () => undefined,
      lost(why) {
        up = null;
        const text = `control connection to Gearman server ${around.address.text} lost: ${why}; it is made again`;
        around.log('warn', text);
        options.trouble(text);
        next();
      },
    });
    void register(session);
    return session;
  }

  async function register(session: Session): Promise<void> {
    while (!(await session.serve(functions))) if (session.wire.isLost()) return;
    if (!session.wire.isLost()) up = session;
  }

  return {
    isUp: () => up !== null,
    poke: () => kept.poke(),
    close() {
      up = null;
      return kept.close();
    },
  };
}

function controlJob(session: Session, job: SessionJob): ControlJob {
  // The handle is in work until the first of the two answers, or until its connection ends.
  const answer = (type: typeof packetType.WORK_COMPLETE | typeof packetType.WORK_FAIL): void => {
    if (!session.has(job.handle) || session.wire.isLost()) return;
    // WORK_COMPLETE has a second argument, also when that is empty: without its NUL gearmand 1.1.20 reads nothing more.
    const parts = type === packetType.WORK_COMPLETE ? [job.handle, ''] : [job.handle];
    session.wire.outbox.now(request(type, ...parts));
    session.forget(job.handle);
  };
  return {
    kind: job.function.startsWith('stop:') ? 'stop' : 'set_description',
    payload: job.payload,
    complete: () => answer(packetType.WORK_COMPLETE),
    fail: () => answer(packetType.WORK_FAIL),
  };
}
