// Whether this machine can serve another job: room on the disk for the journal, and an event loop that comes round. Where it
// cannot, new jobs wait at their Gearman server; what runs goes on.

export interface Machine {
  /** Bytes that the folder's disk has left for us. */
  readonly freeBytes: (folder: string) => Promise<number>;
  /** The longest delay of the event loop since the last call, milliseconds. */
  readonly lag: () => number;
}

export interface Pressure {
  /** Looks; to be called every few seconds. Rejects when the disk cannot be asked. */
  look(): Promise<void>;
  /** null: there is none. */
  get(): string | null;
}

/** Bytes. A run of 40 builders takes some 200 KB; the second number keeps it from coming and going. */
const least = 64 * 1024 ** 2;
const enough = 96 * 1024 ** 2;
/** Milliseconds, in two looks one after the other: a collection of garbage is no pressure. */
const mostLag = 1_000;

export function createPressure(folder: string, machine: Machine): Pressure {
  let late = 0;
  let short = false;
  let why: string | null = null;

  const ofDisk = (free: number): string | null => {
    short = free < (short ? enough : least);
    const mebibytes = Math.floor(free / 1024 ** 2);
    return short ? `the disk of ${folder} has ${mebibytes} MiB left; make room` : null;
  };
  const ofLoop = (lag: number): string | null => {
    late = lag > mostLag ? late + 1 : 0;
    return late < 2
      ? null
      : `the event loop was held up for ${(lag / 1_000).toFixed(1)} s; look at the load of the machine`;
  };
  return {
    async look() {
      const loop = ofLoop(machine.lag());
      why = ofDisk(await machine.freeBytes(folder)) ?? loop;
    },
    get: () => why,
  };
}
