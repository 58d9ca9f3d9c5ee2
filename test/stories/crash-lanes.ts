// Plays courses in several lanes at once, for most of a play is waiting: each lane has servers and a daemon of its own, and takes
// what is next. Each course is played once to see which points come, then once for each point that is wanted of it.

import { play, type Course } from './crash-course.ts';
import { faultsOf, type Fault } from './crash-judge.ts';
import { pointsOf } from './crash-points.ts';
import { openCrashScene } from './crash-scene.ts';
import type { Scene } from './scene.ts';

/** One line of the table. */
export interface Row {
  /** Of the change. */
  readonly name: string;
  /** Null: the play in which the daemon was to live. */
  readonly point: string | null;
  readonly died: boolean;
  readonly result: string;
  readonly requests: number;
  readonly milliseconds: number;
  readonly faults: readonly Fault[];
}

export interface Crashes {
  /** The rows of a course, the undisturbed play first; rejects when a server cannot be started. */
  rows(course: Course): Promise<readonly Row[]>;
  /** Begins no other play; resolves when those under way are over and every server is gone. */
  close(): Promise<void>;
}

/** Two cores have enough to do with six. */
const laneCount = 6;
/** How many writes come while builds are seen differs, so a point of one play may not come in the next. */
const tries = 3;

interface Lanes {
  /** Waits for a free lane and plays there. After a fault the next play gets fresh servers. */
  use(work: (scene: Scene) => Promise<Row>): Promise<Row>;
  close(): Promise<void>;
}

interface Lane {
  scene: Scene | null;
}

function createLanes(): Lanes {
  const idle: Lane[] = Array.from({ length: laneCount }, () => ({ scene: null }));
  const waiting: ((lane: Lane) => void)[] = [];
  const busy = new Set<Promise<Row>>();
  let closed = false;

  const end = async (lane: Lane): Promise<void> => {
    const { scene } = lane;
    lane.scene = null;
    await scene?.close();
  };
  const playOn = async (lane: Lane, work: (scene: Scene) => Promise<Row>): Promise<Row> => {
    if (closed) throw new Error('closed before all was played');
    lane.scene ??= await openCrashScene();
    const row = await work(lane.scene);
    if (row.faults.length > 0) await end(lane);
    return row;
  };
  return {
    async use(work) {
      const lane = idle.pop() ?? (await new Promise<Lane>((resolve) => waiting.push(resolve)));
      const playing = playOn(lane, work);
      busy.add(playing);
      try {
        return await playing;
      } finally {
        busy.delete(playing);
        const next = waiting.shift();
        if (next === undefined) idle.push(lane);
        else next(lane);
      }
    },
    async close() {
      closed = true;
      while (busy.size > 0) await Promise.allSettled(busy);
      for (const lane of idle) await end(lane);
    },
  };
}

let plays = 0;

async function rowOf(scene: Scene, course: Course, point: string | null): Promise<Row> {
  plays += 1;
  const name = `${course.prefix} ${plays}`;
  const played = await play(scene, course, { name, point });
  return {
    name,
    point,
    died: played.died,
    result: String(played.jobs[0]?.build.result),
    requests: played.requests.length,
    milliseconds: played.milliseconds,
    faults: faultsOf(course, played),
  };
}

async function killedAt(scene: Scene, course: Course, point: string): Promise<Row> {
  for (let left = tries; ; left -= 1) {
    const row = await rowOf(scene, course, point);
    if (row.died || row.faults.length > 0 || left === 1) return row;
  }
}

/** Plays every course; `choose` says which of its points the daemon is killed at. */
export function startCrashes(
  courses: readonly Course[],
  choose: (course: Course, points: readonly string[]) => readonly string[],
): Crashes {
  const lanes = createLanes();
  const played = async (course: Course): Promise<readonly Row[]> => {
    let points: readonly string[] = [];
    const undisturbed = await lanes.use(async (scene) => {
      const row = await rowOf(scene, course, null);
      points = pointsOf(scene.gate, row.name);
      return row;
    });
    const chosen = undisturbed.faults.length > 0 ? [] : choose(course, points);
    const killed = chosen.map((point) => lanes.use((scene) => killedAt(scene, course, point)));
    return [undisturbed, ...(await Promise.all(killed))];
  };
  const results = new Map(courses.map((course) => [course, Promise.allSettled([played(course)])]));
  return {
    async rows(course) {
      const [result] = (await results.get(course)) ?? [];
      if (result === undefined) throw new Error(`${course.title} is not played`);
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    },
    close: () => lanes.close(),
  };
}
