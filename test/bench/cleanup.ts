// What was started is ended in reverse order, whatever happened in between.

export interface Cleanup {
  /** Remembers how to end something that has just been started. */
  add(end: () => void | Promise<void>): void;
}

/** Runs `body`, then ends all that it remembered, the newest first. An end that fails is told after all others were tried. */
export async function withCleanup<Value>(body: (cleanup: Cleanup) => Promise<Value>): Promise<Value> {
  const ends: (() => void | Promise<void>)[] = [];
  const failures: unknown[] = [];
  try {
    return await body({ add: (end) => ends.push(end) });
  } catch (error) {
    failures.push(error);
    throw error;
  } finally {
    for (const end of ends.reverse()) {
      try {
        await end();
      } catch (error) {
        failures.push(error);
        process.stderr.write(`bench: something could not be ended: ${String(error)}\n`);
      }
    }
  }
}
