// So many at once, so many in the line, the rest is sent away.

export interface Seats {
  /** Resolves with the function that gives the seat back; null where the line is full. */
  take(): Promise<(() => void) | null>;
}

/** First come, first served. Each seat must be given back once. */
export function createSeats(limits: { readonly atOnce: number; readonly waiting: number }): Seats {
  const line: (() => void)[] = [];
  let free = limits.atOnce;
  const leave = (): void => {
    const next = line.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return {
    async take() {
      if (free > 0) {
        free -= 1;
        return leave;
      }
      if (line.length >= limits.waiting) return null;
      await new Promise<void>((resolve) => {
        line.push(resolve);
      });
      return leave;
    },
  };
}
