// Simulated time. While it is installed the timers and clocks of this process are its own, so that no wait of the daemon, whoever wrote
// it, can go by a real clock: one seed, one course. Each task belongs to an owner (a life of the daemon, or the world), and what an owner
// starts is its own as well: with `end` everything that a killed process had under way is gone.

export interface Time {
  /** Simulated milliseconds since the world began. */
  now(): number;
  /** Runs a task `delay` milliseconds from now for an owner. */
  after(delay: number, task: () => void, owner?: string): void;
  /** The owner on whose behalf code runs now. */
  owner(): string;
  /** Nothing of this owner runs any more. */
  end(owner: string): void;
  hasEnded(owner: string): boolean;
  /** Nothing of this owner runs until it thaws, as after SIGSTOP; clocks go on. */
  freeze(owner: string): void;
  thaw(owner: string): void;
  /** Runs the next task with all that follows from it at once; false when there is none. */
  step(): Promise<boolean>;
  install(): void;
  restore(): void;
}

interface Task {
  readonly at: number;
  readonly order: number;
  readonly owner: string;
  readonly run: () => void;
  off: boolean;
}

export const theWorld = 'world';
const began = Date.UTC(2026, 0, 5);

/** A simulated time in milliseconds since 1970. */
export function wallAt(simulated: number): number {
  return began + Math.floor(simulated);
}

const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  setImmediate: globalThis.setImmediate,
  clearImmediate: globalThis.clearImmediate,
  now: Date.now,
  performanceNow: performance.now.bind(performance),
};

function isBefore(one: Task, other: Task): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/** A binary heap of tasks: the earliest first, of equal ones the one asked for first. */
function createQueue() {
  const heap: Task[] = [];
  const swap = (a: number, b: number): void => {
    [heap[a], heap[b]] = [heap[b]!, heap[a]!];
  };
  const sink = (): void => {
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = at;
      if (left < heap.length && isBefore(heap[left]!, heap[least]!)) least = left;
      if (right < heap.length && isBefore(heap[right]!, heap[least]!)) least = right;
      if (least === at) return;
      swap(at, least);
      at = least;
    }
  };
  return {
    put(task: Task): void {
      heap.push(task);
      for (let at = heap.length - 1; at > 0;) {
        const parent = (at - 1) >> 1;
        if (!isBefore(heap[at]!, heap[parent]!)) return;
        swap(at, parent);
        at = parent;
      }
    },
    take(): Task | undefined {
      const first = heap[0];
      const last = heap.pop();
      if (heap.length > 0 && last !== undefined) {
        heap[0] = last;
        sink();
      }
      return first;
    },
  };
}

/** What `setTimeout` gives out here, and takes back. */
function handleOf(task: Task) {
  const handle = { task, ref: () => handle, unref: () => handle, hasRef: () => true };
  return handle;
}

export function createTime(): Time {
  const queue = createQueue();
  const ended = new Set<string>();
  /** Of each frozen owner what would have run, in its order. */
  const frozen = new Map<string, Task[]>();
  /** A process counts from its own start: what it kept of the time before must not be compared with it. */
  const births = new Map<string, number>();
  let now = 0;
  let order = 0;
  let current = theWorld;

  const put = (delay: number, run: () => void, owner: string): Task => {
    // A real timer waits a millisecond at least.
    const task = { at: now + Math.max(0, delay), order: order++, owner, run, off: false };
    queue.put(task);
    return task;
  };
  const timer = (run: (...args: unknown[]) => void, delay = 0, ...args: unknown[]) =>
    handleOf(put(Math.max(1, delay), () => run(...args), current));
  const cancel = (handle: unknown): void => {
    if (typeof handle === 'object' && handle !== null && 'task' in handle) (handle.task as Task).off = true;
  };
  const every = (run: () => void, delay: number) => {
    const handle = handleOf(put(delay, again, current));
    function again(): void {
      const next = put(delay, again, current);
      Object.assign(handle, { task: next });
      run();
    }
    return handle;
  };

  /** The next task of those that neither ended nor stand still. */
  const takeNext = (): Task | undefined => {
    for (let task = queue.take(); task !== undefined; task = queue.take()) {
      if (task.off || ended.has(task.owner)) continue;
      const held = frozen.get(task.owner);
      if (held === undefined) return task;
      held.push(task);
    }
    return undefined;
  };

  return {
    now: () => now,
    after: (delay, task, owner = current) => void put(delay, task, owner),
    owner: () => current,
    end: (owner) => void ended.add(owner),
    hasEnded: (owner) => ended.has(owner),
    freeze: (owner) => void frozen.set(owner, frozen.get(owner) ?? []),
    thaw(owner) {
      const held = frozen.get(owner) ?? [];
      frozen.delete(owner);
      for (const task of held) {
        Object.assign(task, { at: now, order: order++ });
        queue.put(task);
      }
    },
    step() {
      const task = takeNext();
      if (task === undefined) return Promise.resolve(false);
      now = task.at;
      current = task.owner;
      if (!births.has(current)) births.set(current, now);
      task.run();
      return new Promise((resolve) => {
        // Every promise that can be settled now has been, once the next tick is due: it comes when no such promise is left.
        process.nextTick(() => {
          current = theWorld;
          resolve(true);
        });
      });
    },
    install() {
      Object.assign(globalThis, {
        setTimeout: timer,
        clearTimeout: cancel,
        setInterval: every,
        clearInterval: cancel,
        setImmediate: (run: (...args: unknown[]) => void, ...args: unknown[]) =>
          handleOf(put(0, () => run(...args), current)),
        clearImmediate: cancel,
      });
      Date.now = () => wallAt(now);
      // Whole milliseconds, though what happens is ordered more finely: nobody may rest on less, and short numbers are quick to write.
      performance.now = () => Math.floor(now - (births.get(current) ?? 0));
    },
    restore() {
      const { now: wall, performanceNow, ...timers } = real;
      Object.assign(globalThis, timers);
      Date.now = wall;
      performance.now = performanceNow;
    },
  };
}
