// A view may have to ask the store or Buildbot; a reader is not kept longer than this.

/** Milliseconds that a page or a document may take. */
export const viewDeadline = 10_000;

export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/** The promise's outcome, or a DeadlineError that names `what` after `milliseconds`. */
export async function within<Value>(
  milliseconds: number,
  what: string,
  promise: Promise<Value>,
): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new DeadlineError(`${what} took more than ${milliseconds / 1000} s; try again`)),
      milliseconds,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
