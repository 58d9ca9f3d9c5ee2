// A union's issue stands for all its alternatives: what is said is what is wrong with the alternative that was meant.

import type { z } from 'zod';
import { valueAt } from '../issues.ts';

type Issue = z.core.$ZodIssue;

const wrongAsAWhole: ReadonlySet<string> = new Set(['invalid_type', 'invalid_value', 'invalid_union']);

/** Whether a mapping that has an unknown key is found wrong as a whole too: the key says enough. */
function echoes(issue: Issue, all: readonly Issue[]): boolean {
  const at = issue.path.join('.');
  return (
    issue.code === 'custom' &&
    all.some((one) => one.code === 'unrecognized_keys' && one.path.join('.') === at)
  );
}

/** The issues with those of the meant alternative in place of each union's, as deep as unions stand in unions. */
export function unfolded(issues: readonly Issue[], raw: unknown): readonly Issue[] {
  const telling = issues.filter((issue) => !echoes(issue, issues));
  return telling.flatMap((issue): readonly Issue[] => {
    if (issue.code !== 'invalid_union') return [issue];
    const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
    const value = valueAt(raw, path);
    const whole = typeof value === 'object' && value !== null;
    // The alternative of the value's own type: nothing is wrong with its type as a whole.
    const meant = issue.errors.find(
      (alternative) =>
        whole && !alternative.some(({ code, path: at }) => at.length === 0 && wrongAsAWhole.has(code)),
    );
    if (meant === undefined)
      return [issue.errors[0]?.[0] ? { ...issue.errors[0][0], path: issue.path } : issue];
    return unfolded(
      meant.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })),
      raw,
    );
  });
}
