// GRABs sent ahead of those that abraxas asks for. One at a time costs a turn of the event loop for each job, and while that is busy a
// hundred stops wait a hundred turns. Each GRAB has one answer, and they come in order.

export interface GrabAheadOptions<Job> {
  /** GRABs that may be unanswered at once where a job has just come; 1: none is sent ahead. */
  readonly atMost: number;
  mayGrab(): boolean;
  toServer(): void;
  /** What abraxas waits for: a job, or the news that there is none. */
  give(job: Job): void;
  nothing(): void;
  /** A job came that abraxas had not asked for yet. */
  early(): void;
}

export interface GrabAhead<Job> {
  /** abraxas asks for a job. */
  grab(): void;
  /** The server has given a job. False: nobody had asked for one. To be followed by `accept`. */
  assigned(): boolean;
  accept(job: Job): void;
  /** The server has none. */
  noJob(): void;
  /** Whether a GRAB is unanswered. */
  isGrabbing(): boolean;
}

/** For one connection. At most `atMost` jobs wait here for abraxas. */
export function createGrabAhead<Job>(options: GrabAheadOptions<Job>): GrabAhead<Job> {
  let unanswered = 0;
  /** abraxas waits for an answer. */
  let asked = false;
  const early: Job[] = [];

  const send = (): void => {
    unanswered += 1;
    options.toServer();
  };
  const settle = (): void => {
    const job = asked ? early.shift() : undefined;
    if (job !== undefined) {
      asked = false;
      options.give(job);
    } else if (asked && unanswered === 0) {
      asked = false;
      options.nothing();
    }
  };
  return {
    grab() {
      asked = true;
      if (early.length > 0) settle();
      else if (unanswered === 0) send();
    },
    assigned() {
      if (unanswered === 0) return false;
      unanswered -= 1;
      return true;
    },
    accept(job) {
      early.push(job);
      // Where one was there are often more.
      while (unanswered + early.length < options.atMost && options.mayGrab()) send();
      if (asked) settle();
      else options.early();
    },
    noJob() {
      unanswered = Math.max(0, unanswered - 1);
      settle();
    },
    isGrabbing: () => unanswered > 0,
  };
}
