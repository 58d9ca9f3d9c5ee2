// While a gatekeeper stops its jobs, by the hundred when it builds its queue anew, nothing else is begun: their answers must not wait
// behind new jobs and calls to Buildbot. Short and bounded, by timers alone.

export interface StopsFirst {
  /** A stop is being served; the function returned says that it was answered. */
  begin(): () => void;
  /** Whether stops go first now. */
  holds(): boolean;
  /** Resolves when they do not. */
  over(): Promise<void>;
}

/** Milliseconds: without a stop after the last was answered; at most from the first on; and then for other work before they go first again. */
const quiet = 40;
const atMost = 3_000;
const rest = 500;

/** Of the thousands that wait after a reset so many go on in one turn of the loop: the first data of new jobs come between them. */
const inOneTurn = 50;

function release(waiting: readonly (() => void)[]): void {
  for (const resolve of waiting.slice(0, inOneTurn)) resolve();
  if (waiting.length > inOneTurn)
    setImmediate(() => {
      release(waiting.slice(inOneTurn));
    });
}

/** Calls the task after so many milliseconds; the function returned calls that off. */
type After = (milliseconds: number, task: () => void) => () => void;

const byTimer: After = (milliseconds, task) => {
  const timer = setTimeout(task, milliseconds).unref();
  return () => {
    clearTimeout(timer);
  };
};

/** `ended` is told each time when other work may go on. */
export function createStopsFirst(ended: () => void, after: After = byTimer): StopsFirst {
  let state: 'idle' | 'holds' | 'rests' = 'idle';
  let underWay = 0;
  let waiting: (() => void)[] = [];
  const calledOff = { quiet: (): void => undefined, bound: (): void => undefined };

  const end = (next: 'idle' | 'rests'): void => {
    calledOff.quiet();
    calledOff.bound();
    state = next;
    const all = waiting;
    waiting = [];
    release(all);
    ended();
  };
  const becomeIdle = (): void => {
    state = 'idle';
  };
  const hold = (): void => {
    state = 'holds';
    calledOff.bound = after(atMost, () => {
      end('rests');
      after(rest, becomeIdle);
    });
  };
  const answered = (): void => {
    underWay -= 1;
    if (underWay > 0 || state !== 'holds') return;
    calledOff.quiet = after(quiet, () => {
      end('idle');
    });
  };
  return {
    begin() {
      underWay += 1;
      calledOff.quiet();
      if (state === 'idle') hold();
      let open = true;
      return () => {
        if (open) answered();
        open = false;
      };
    },
    holds: () => state === 'holds',
    over: () => (state === 'holds' ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve()),
  };
}
