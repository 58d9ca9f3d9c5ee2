// A union's issue stands for all its alternatives: what is said is what is wrong with the alternative that was meant.

import type { z } from 'zod';
import { valueAt } from '../issues.ts';

type Issue = z.core.$ZodIssue;

/** The issues with those of the meant alternative in place of each union's, as deep as unions stand in unions. */
export function unfolded(issues: readonly Issue[], raw: unknown): readonly Issue[] {
  return issues.flatMap((issue): readonly Issue[] => {
    if (issue.code !== 'invalid_union') return [issue];
    const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
    const value = valueAt(raw, path);
    const whole = typeof value === 'object' && value !== null;
    // The alternative of the value's own type: nothing is wrong with its type as a whole.
    const meant = issue.errors.find(
      (alternative) =>
        whole && !alternative.some(({ code, path: at }) => code === 'invalid_type' && at.length === 0),
    );
    if (meant === undefined)
      return [issue.errors[0]?.[0] ? { ...issue.errors[0][0], path: issue.path } : issue];
    return unfolded(
      meant.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })),
      raw,
    );
  });
}
