// Waits for a condition instead of for a time.

import { setTimeout as pause } from 'node:timers/promises';

export interface Patience {
  /** Milliseconds until it is given up. */
  readonly within: number;
  /** What is waited for, as the error shall call it: "the build to begin". */
  readonly what: string;
}

/**
 * Asks until the condition gives something other than null, undefined or false, and gives that. A condition that throws
 * counts as "not yet", and is the cause of the error at the end. The pauses grow from 5 to 100 ms.
 */
export async function until<Value>(
  condition: () => Value | Promise<Value>,
  patience: Patience,
): Promise<Exclude<Value, null | undefined | false>> {
  const end = performance.now() + patience.within;
  let last: { readonly value: unknown } | { readonly error: unknown };
  for (let wait = 5; ; wait = Math.min(wait * 1.5, 100)) {
    try {
      const value = await settled(condition, end - performance.now());
      if (value !== null && value !== undefined && value !== false) {
        return value as Exclude<Value, null | undefined | false>;
      }
      last = { value };
    } catch (error) {
      last = { error };
    }
    if (performance.now() + wait > end) throw gaveUp(patience, last);
    await pause(wait);
  }
}

// A condition that never settles must not hold the test longer than the patience lasts.
async function settled<Value>(condition: () => Value | Promise<Value>, left: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the condition itself did not come back')), Math.max(left, 1));
  });
  try {
    return await Promise.race([condition(), late]);
  } finally {
    clearTimeout(timer);
  }
}

function gaveUp(patience: Patience, last: { readonly value: unknown } | { readonly error: unknown }): Error {
  const said =
    'error' in last ? `it last threw: ${String(last.error)}` : `it last gave: ${String(last.value)}`;
  return new Error(
    `waited ${patience.within} ms for ${patience.what}; ${said}`,
    'error' in last ? { cause: last.error } : {},
  );
}
