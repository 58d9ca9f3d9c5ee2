// How long to wait before the next try to connect.

const first = 500;
const longest = 30_000;

/**
 * Milliseconds before try `failures` + 1: doubled with each failure up to 30 s, of which a random half, so that many
 * clients do not come back to a restarted master in one moment. `random` is at least 0 and below 1.
 */
export function pauseAfter(failures: number, random: number): number {
  const full = Math.min(longest, first * 2 ** Math.min(failures, 16));
  return Math.round(full * (0.5 + random / 2));
}

export interface Pauses {
  /** Milliseconds to wait now; longer each time. */
  next(): number;
  /** Connecting has proved to work: the next pause is a short one. */
  proved(): void;
}

/** The pauses between the tries of one connection. */
export function createPauses(random: () => number): Pauses {
  let failures = 0;
  return {
    next() {
      const pause = pauseAfter(failures, random());
      failures += 1;
      return pause;
    },
    proved() {
      failures = 0;
    },
  };
}
