// GET_STATUS on one connection and the answers to it. Both servers answer in the order of the questions, and that order is
// all that tells two answers for one handle apart (GEARMAN.md section 2; RUNS.md 9.3).

import type { HandleStatus } from './gearman.ts';

export interface Statuses {
  /** To be called together with the writing of the question; resolves `silent` after `within` ms or at `close`. */
  expect(handle: string, within: number): Promise<HandleStatus>;
  /** A STATUS_RES. False: nobody asked. */
  answer(handle: string, status: HandleStatus): boolean;
  close(): void;
}

/** At most `most` questions are awaited; `overflow` is told of one more, which is `silent` at once. */
export function createStatuses(most: number, overflow: () => void): Statuses {
  // A question that was given up keeps its place in the line, else its late answer would be taken for the next one's.
  const lines = new Map<string, ((status: HandleStatus) => void)[]>();
  let open = 0;
  let closed = false;

  return {
    expect(handle, within) {
      if (open >= most) overflow();
      if (closed || open >= most) return Promise.resolve('silent');
      open += 1;
      return new Promise((resolve) => {
        const timer = setTimeout(() => resolve('silent'), within);
        const line = lines.get(handle) ?? [];
        line.push((status) => {
          clearTimeout(timer);
          resolve(status);
        });
        lines.set(handle, line);
      });
    },
    answer(handle, status) {
      const line = lines.get(handle);
      const first = line?.shift();
      if (line === undefined || first === undefined) return false;
      if (line.length === 0) lines.delete(handle);
      open -= 1;
      first(status);
      return true;
    },
    close() {
      const all = [...lines.values()].flat();
      closed = true;
      lines.clear();
      open = 0;
      for (const resolve of all) resolve('silent');
    },
  };
}
