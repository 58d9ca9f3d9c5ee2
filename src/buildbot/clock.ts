// Time as the adapter sees it, passed in so that tests need not wait.

export interface Clock {
  /** Milliseconds that never go back. */
  now(): number;
  /** Runs the task once after so many milliseconds; the function returned calls it off. */
  after(milliseconds: number, task: () => void): () => void;
  /** At least 0 and below 1; spreads reconnects. */
  random(): number;
}

/** The process's own clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after: (milliseconds, task) => {
    const timer = setTimeout(task, milliseconds);
    return () => {
      clearTimeout(timer);
    };
  },
  random: () => Math.random(),
};
