// Which workers ought to change lists, with a gap between the two ways so that none goes to and fro. People confirm (FLAKES.md 6.4).

export interface WorkerStanding {
  readonly worker: string;
  readonly platform: string;
  readonly standing: 'stable' | 'unstable';
  /** Failures of its own in the last 7 days. */
  readonly failures: number;
  /** Share of false discoveries at which it would be blamed (worker-blame.ts); null: not comparable. */
  readonly q: number | null;
  /** Clean runs since its last failure. */
  readonly clean: number;
}

export interface Proposal {
  readonly worker: string;
  readonly to: 'stable' | 'unstable';
  readonly why: string;
}

const failuresToLeave = 5;
const shareToLeave = 0.01;
/** The upper end of Wilson's interval is then 7 %. */
const cleanToReturn = 50;

function mayLeave({ standing, failures, q }: WorkerStanding): boolean {
  return standing === 'stable' && failures >= failuresToLeave && q !== null && q < shareToLeave;
}

/** Proposals in the order of `workers`, the surest to leave first where a platform cannot spare all: each keeps one stable worker. */
export function proposeStability(workers: readonly WorkerStanding[]): readonly Proposal[] {
  const stable = new Map<string, number>();
  for (const { platform, standing } of workers) {
    if (standing === 'stable') stable.set(platform, (stable.get(platform) ?? 0) + 1);
  }
  const leaving = new Set<string>();
  const surest = workers.filter(mayLeave).sort((one, other) => (one.q ?? 1) - (other.q ?? 1));
  for (const { worker, platform } of surest) {
    const left = stable.get(platform) ?? 0;
    if (left <= 1) continue;
    stable.set(platform, left - 1);
    leaving.add(worker);
  }
  return workers.flatMap((each): readonly Proposal[] => {
    const { worker, failures, clean } = each;
    if (leaving.has(worker)) {
      return [{ worker, to: 'unstable', why: `${failures} failures in 7 days, far more than its siblings` }];
    }
    if (each.standing === 'unstable' && clean >= cleanToReturn) {
      return [{ worker, to: 'stable', why: `${clean} clean runs in a row` }];
    }
    return [];
  });
}
