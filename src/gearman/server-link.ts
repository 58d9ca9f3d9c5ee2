// All that we have with one Gearman server: a build connection, a control connection, and admin questions.

import { setTimeout as pause } from 'node:timers/promises';
import type { ServerKind } from '../gate/job.ts';
import { createAdmin, type Admin } from './admin.ts';
import { startBuildSide, type BuildSide } from './build-connection.ts';
import { startControlSide, type ControlSide } from './control-connection.ts';
import type { GearmanListener } from './gearman.ts';
import type { Session, Surroundings } from './session.ts';

export interface LinkOptions {
  readonly around: Surroundings;
  readonly clientId: string;
  readonly manager: string;
  readonly listener: GearmanListener;
  functions(): ReadonlySet<string>;
}

export interface ServerLink {
  readonly server: string;
  readonly build: BuildSide;
  readonly control: ControlSide;
  readonly admin: Admin;
  /** Whether it is a gearmand, as far as is known: only that answers `show jobs` and `show unique jobs`. */
  isGearmand(): boolean;
  trouble(): string | null;
  close(): Promise<void>;
}

/** Begins to connect at once. */
export function startServerLink(options: LinkOptions): ServerLink {
  const { around, listener } = options;
  const admin = createAdmin(around);
  let trouble: string | null = null;
  let lastSaid: string | null = null;
  let kind: ServerKind | null = null;

  const build = startBuildSide({
    around,
    clientId: `${options.clientId}/build`,
    listener,
    functions: () => options.functions(),
    async askKind(session) {
      kind = await findKind(admin, session, around.times.longestPause / 4);
      return kind;
    },
    answered: () => control.poke(),
    up() {
      trouble = null;
      lastSaid = null;
      around.log('info', `Gearman server ${around.address.text} serves us: ${kind ?? 'of unknown kind'}`);
    },
    trouble: note,
  });
  const control = startControlSide({
    around,
    clientId: `${options.clientId}/control`,
    manager: options.manager,
    listener,
    mayDial: () => build.hasAnswered(),
    trouble: note,
  });

  function note(why: string): void {
    trouble = why;
    // A server that is away for hours is one line in the log, not one for each try.
    if (why.startsWith('cannot connect') && why !== lastSaid) around.log('warn', `${why}; it is tried again`);
    lastSaid = why;
  }

  return {
    server: around.address.text,
    build,
    control,
    admin,
    isGearmand: () => kind === 'gearmand',
    trouble: () => trouble,
    async close() {
      await Promise.all([build.close(), control.close(), admin.close()]);
    },
  };
}

/**
 * Asks until it is known or the session is lost. A server that is mute on admin lines and yet answers GET_STATUS is no
 * gearmand; one that answers neither may be a gearmand that hangs, and is asked again (RUNS.md 8.1 depends on it).
 */
async function findKind(admin: Admin, session: Session, between: number): Promise<ServerKind | null> {
  while (!session.wire.isLost()) {
    const kind = await admin.kind();
    if (kind === 'gearmand' || kind === 'geard') return kind;
    if ((await session.wire.status()) !== 'silent' && kind === 'silent') return 'geard';
    await pause(between, undefined, { ref: false });
  }
  return null;
}
