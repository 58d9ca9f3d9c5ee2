// Finds a server that is silent though its connection stands (GEARMAN.md defect 10, GATEKEEPER.md 5.6).

export interface Heartbeat {
  /** Something came from the server. */
  heard(): void;
  stop(): void;
}

export interface HeartbeatOptions {
  /** Milliseconds of silence after which `ask` is called. */
  readonly idle: number;
  /** Milliseconds of silence after which `dead` is called. */
  readonly dead: number;
  ask(): void;
  onDead(silentFor: number): void;
}

/** Watches from now on, until `stop` or `onDead`. */
export function startHeartbeat(options: HeartbeatOptions): Heartbeat {
  let heardAt = performance.now();
  let askedAt: number | null = null;
  let stopped = false;
  const tick = Math.max(5, Math.min(2_500, options.idle / 6, (options.dead - options.idle) / 4));
  const timer = setInterval(look, tick);

  function look(): void {
    const now = performance.now();
    if (now - heardAt < options.idle) return;
    if (askedAt === null) {
      askedAt = now;
      options.ask();
      return;
    }
    if (now - heardAt < options.dead || now - askedAt < options.dead - options.idle) return;
    // After a pause of our own process the answer may lie in the kernel: timers come before reading, so read once more.
    setImmediate(() => {
      if (!stopped && askedAt !== null) end(performance.now() - heardAt);
    });
  }

  function end(silentFor: number): void {
    stop();
    options.onDead(silentFor);
  }

  function stop(): void {
    stopped = true;
    clearInterval(timer);
  }

  return {
    heard() {
      heardAt = performance.now();
      askedAt = null;
    },
    stop,
  };
}
