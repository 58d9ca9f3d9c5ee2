// A wait that does not keep the process alive. It goes by the process's own timers, whose place the simulation takes; those of
// node:timers/promises go by the machine's clock there too.

/** Resolves after so many milliseconds. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
