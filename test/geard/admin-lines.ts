// The text lines that the stand-in answers. It is mute on all others, `version` and `show jobs` among them.

import type { GeardConnection } from './connection.ts';
import type { GeardState } from './packets.ts';

/** Answers one line, or does not. */
export function handleLine(state: GeardState, from: GeardConnection, line: string): void {
  if (line.startsWith('cancel job')) cancelJob(state, from, line.split(/\s+/)[2]);
  else if (line.startsWith('status')) status(state, from);
  // Under Python 3 the real one raises while it writes this answer, and drops whoever asked.
  else if (line.startsWith('workers')) from.close();
  else if (line.startsWith('acl ')) from.text('ERR ACL_DISABLED\n');
}

function cancelJob(state: GeardState, from: GeardConnection, handle: string | undefined): void {
  // Without a handle the real one raises and drops the connection.
  if (handle === undefined) {
    from.close();
    return;
  }
  const job = state.jobs.get(handle);
  if (job?.worker !== null) {
    from.text('ERR UNKNOWN_JOB\n');
    return;
  }
  // The client that waits for it is told nothing.
  state.jobs.remove(job);
  from.text('OK\n');
}

function status(state: GeardState, from: GeardConnection): void {
  const jobs = state.jobs.all();
  const names = new Set([...state.known, ...jobs.map((job) => job.function)]);
  for (const name of names) {
    const own = jobs.filter((job) => job.function === name);
    const running = own.filter((job) => job.worker !== null).length;
    const workers = [...state.connections].filter((connection) => connection.functions.has(name)).length;
    from.text(`${name}\t${own.length}\t${running}\t${workers}\n`);
  }
  from.text('.\n');
}
