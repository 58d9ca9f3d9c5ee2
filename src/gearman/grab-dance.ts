// The steps that abraxas takes to get a job (PRE_SLEEP, NOOP, GRAB_JOB_UNIQ, NO_JOB or JOB_ASSIGN_UNIQ), led so that one
// grab is under way at a time, the gate is asked before each, and no wake-up is lost. abraxas itself counts open grabs,
// believes every packet, and asks at once for as many jobs as it has slots (GEARMAN.md defects 9 and 14).

export interface DanceOptions {
  /** Asked before each GRAB that would go to the server. */
  mayGrab(): boolean;
  toServer(step: 'PRE_SLEEP' | 'GRAB_JOB_UNIQ'): void;
  toAbraxas(step: 'NOOP' | 'NO_JOB'): void;
  /** The server has not answered a GRAB for `within` milliseconds. */
  overdue(): void;
  readonly within: number;
}

export interface Dance {
  /** abraxas wants to sleep, or to grab. */
  preSleep(): void;
  grab(): void;
  /** The server woke us, or has nothing. */
  noop(): void;
  noJob(): void;
  /** The server gave a job. False: nobody had asked for one. */
  assigned(): boolean;
  /** A GRAB may find something now: the gate opened, or there are new functions. */
  wake(): void;
  isGrabbing(): boolean;
  end(): void;
}

/**
 * `turn`: abraxas has the turn. `asking`: the gate is being asked. `refused`: it said no, abraxas is about to sleep.
 * `gated`: abraxas sleeps, and the server does not know, for it would wake us at once. `asleep`: the server knows.
 */
type Step = 'turn' | 'asking' | 'grabbing' | 'refused' | 'gated' | 'asleep' | 'over';

/** The dance of one connection; it begins with abraxas's turn. */
export function createDance(options: DanceOptions): Dance {
  let step: Step = 'turn';
  // Whether the next PRE_SLEEP is answered here by a NOOP. True at first: no server says NOOP for what already waits when
  // functions are registered (GATEKEEPER.md 4.2). True after a job: where one was there is often another.
  let again = true;
  let timer: NodeJS.Timeout | undefined;

  function rouse(): void {
    again = false;
    step = 'turn';
    options.toAbraxas('NOOP');
  }

  function rouseOrRemember(): void {
    if (step === 'asleep' || step === 'gated') rouse();
    else again = true;
  }

  /** Ends a GRAB; false when there was none. */
  function answered(): boolean {
    if (step !== 'grabbing') return false;
    clearTimeout(timer);
    step = 'turn';
    return true;
  }

  function grabOrRefuse(may: boolean): void {
    // The question may have ended the connection.
    if (step !== 'asking') return;
    if (!may) {
      step = 'refused';
      options.toAbraxas('NO_JOB');
      return;
    }
    step = 'grabbing';
    timer = setTimeout(() => options.overdue(), options.within);
    options.toServer('GRAB_JOB_UNIQ');
  }

  return {
    preSleep() {
      if (step !== 'turn' && step !== 'refused') return;
      if (again) rouse();
      else if (step === 'refused') step = 'gated';
      else {
        step = 'asleep';
        options.toServer('PRE_SLEEP');
      }
    },
    grab() {
      if (step !== 'turn') return;
      step = 'asking';
      grabOrRefuse(options.mayGrab());
    },
    // A NOOP while the gate is shut says nothing new: `wake` will ask anyway.
    noop: () => step !== 'gated' && rouseOrRemember(),
    noJob() {
      if (answered()) options.toAbraxas('NO_JOB');
    },
    assigned() {
      again = true;
      return answered();
    },
    wake: rouseOrRemember,
    isGrabbing: () => step === 'grabbing',
    end() {
      clearTimeout(timer);
      step = 'over';
    },
  };
}
