// A table of cases: what is known, what is to be done, and what is said.

import { expect } from 'chai';
import type { CaseAttempt, CasePolicy, Ruling } from '../../../../src/flakes/decide/case.ts';
import { ruled } from './a-case.ts';

/** Title, attempts, the action, a part of `why`, and what of the policy is not plain. */
type Row = readonly [string, readonly CaseAttempt[], Ruling['action'], RegExp, Partial<CasePolicy>?];

export function table(rows: readonly Row[]): void {
  for (const [title, attempts, action, why, over] of rows) {
    it(title, () => {
      const ruling = ruled(attempts, over);
      expect(ruling.why).to.match(why);
      expect(ruling.action, ruling.why).to.equal(action);
    });
  }
}
