// What holds for every input: it is taken or refused in the words of its room, quickly, and leaves nothing behind.

/** Milliseconds of the processor that any one input may take: others may be busy on it, too. */
const longest = 500;
// A sentence of ours is one line without controls. What turns text around is escaped by the log and by views/text.ts, on the way out.
const unfit = /\p{Cc}/u;

/** Throws unless a text is fit to be shown. */
export function expectFit(text: string, what: string): void {
  if (unfit.test(text))
    throw new Error(`${what} holds what must not be shown: ${JSON.stringify(text.slice(0, 300))}`);
}

/** Throws where a list or text has no bound. */
export function expectAtMost(size: number, most: number, what: string): void {
  if (size > most) throw new Error(`${what}: ${size}, ${most} is the most`);
}

/** Runs one input; what it throws, or a time too long, is told with the seed that gives it again. */
export async function held(seed: number, input: () => void | Promise<void>): Promise<void> {
  const begin = process.cpuUsage();
  try {
    await input();
  } catch (error) {
    throw new Error(`the input of seed ${seed} broke it`, { cause: error });
  }
  const { user, system } = process.cpuUsage(begin);
  const took = (user + system) / 1_000;
  if (took > longest)
    throw new Error(`the input of seed ${seed} took ${Math.round(took)} ms of the processor`);
}
