// The shape of one line of `npm run -s decide`. config/decision/case.schema.json is made from it, so that what it says of each field is what is read.

import { z } from 'zod';
import type { CaseDocument } from '../../flakes/decide/document.ts';
import { kinds } from '../../flakes/kind.ts';

const text = z.string().max(1000);
const name = text.min(1);
const count = z.int().min(0).max(1_000_000_000);
const share = z.number().min(0).max(1);

/** A moment: ISO 8601, or milliseconds since 1970. */
const moment = z.union([
  z.int().min(0),
  z.iso.datetime({ offset: true }).transform((iso) => Date.parse(iso)),
]);

const counted = z
  .strictObject({
    failures: count.describe('First attempts that failed so, one for each commit and builder.'),
    runs: count.describe('First attempts in all, likewise.'),
  })
  .refine(({ failures, runs }) => failures <= runs, { params: { expects: 'no more failures than runs' } });

const otherBuilder = name.optional().describe('Whose it is. Default: the builder that is asked about.');

const failure = z.strictObject({
  builder: otherBuilder,
  test_id: text
    .nullable()
    .default(null)
    .describe('module.Class.method, or the file where no method is known; null: no test is to blame.'),
  file: text
    .nullable()
    .optional()
    .describe('The test file to repeat; null: only the whole suite shows it. Default: taken from test_id.'),
  kind: z.enum(kinds).default('test-failure').describe('What went wrong.'),
  message: text
    .nullable()
    .default(null)
    .describe(
      'As printed. Only a leak is judged by it: "leaked [1, 1, 1]" is steady, "leaked [0, 2, 0]" is not.',
    ),
  step: text.default('test').describe('The step whose log shows it.'),
  fingerprint: text.optional().describe('Hash of the normalised symptom. Default: the kind.'),
  excuse_key: text
    .nullable()
    .optional()
    .describe(
      'Fingerprint and test: what history, repeats and base builds name it by. Default: "<fingerprint>:<test_id or file>"; null, also where neither test nor file is known: it can be compared with nothing and stands.',
    ),
  cleared: z.boolean().default(false).describe('A re-run inside the build passed. Judged like any other.'),
  class: z
    .enum(['known-flake', 'infrastructure', 'already-red', 'seen-on-base', 'new', 'unknown'])
    .optional()
    .describe(
      "infrastructure: Buildbot's own facts say so (results 4 and 5, header lines, steps before the change's code ran). The others are derived and need not be given.",
    ),
  touched: z
    .boolean()
    .optional()
    .describe(
      'The change may have touched what failed. Default: told from policy.changed_files by names, and true where there is no list.',
    ),
  signature: name
    .nullable()
    .default(null)
    .describe('Id of the most specific signature that matches it, one of signatures.'),
});

const repeats = z
  .strictObject({
    ran: count.describe('Repeats that ran, of 20; the factory stops at the sixth that fails.'),
    failed: count.describe('Repeats that failed at all.'),
    by_key: z
      .record(text, count)
      .optional()
      .describe(
        "Failing repeats by the excuse key that they showed. Default: all showed the vote's failure where it has exactly one.",
      ),
  })
  .refine(({ ran, failed }) => failed <= ran, { params: { expects: 'no more failed repeats than ran' } });

const attempt = z.strictObject({
  builder: otherBuilder,
  role: z
    .enum(['vote', 'measure', 'control'])
    .describe(
      'vote: the build to be judged. measure: its failing tests repeated on the change. control: repeated on its base.',
    ),
  outcome: z
    .enum(['open', 'passed', 'failed', 'infrastructure', 'timed-out', 'aborted', 'unheard', 'config-error'])
    .optional()
    .describe(
      'open: it has not ended. Default: failed for a vote, or where repeats or failures say so; else passed.',
    ),
  repeats: repeats
    .nullable()
    .default(null)
    .describe('Of a measure or control whose factory repeated; null: it was one whole run.'),
  failures: z
    .array(text)
    .max(1000)
    .default([])
    .describe(
      "Excuse keys that a measure or control of one whole run showed. A vote's failures stand in the list of failures.",
    ),
  doubt: text
    .nullable()
    .default(null)
    .describe(
      "Why not all that went wrong is known: the log is cut, or the failures found are not the runner's own list and count.",
    ),
  more: count.default(0).describe('Failures beyond those listed.'),
});

const evidence = z.strictObject({
  excuse_key: text.describe('Of which failure.'),
  builder: otherBuilder,
  red_base: z
    .union([z.literal(0), z.literal(1), z.literal(2)])
    .default(0)
    .describe('Of the newest two finished base builds of the builder, how many failed with this key.'),
  base_commits: count
    .default(0)
    .describe('Commits already on the branch that showed it in the last 14 days, on any builder.'),
  failures: count
    .default(0)
    .describe('First attempts on the builder that failed so in the last 14 days, else 60.'),
  runs: count.default(0).describe('First attempts on the builder in those days.'),
  fleet: counted
    .optional()
    .describe(
      "The same over all builders, for the surprise guard. Default: the signature's rate, else the entries of this key added up.",
    ),
  last_24h: counted
    .optional()
    .describe(
      'The last 24 hours over all builders, not counted in fleet: suspends while the tail is below 0.001.',
    ),
  suspended: text.nullable().default(null).describe('Why it excuses nothing now; null: by last_24h.'),
  prior: z
    .strictObject({
      alpha: z.number().positive().max(1e9).describe('As if so many runs had failed.'),
      beta: z.number().positive().max(1e9).describe('As if so many runs had passed.'),
    })
    .optional()
    .describe(
      'A beta distribution: what to think of any rate on the builder before these counts. Counts where it makes the rate higher than the start, 0.3 and 30.',
    ),
});

const baseBuild = z.strictObject({
  builder: name.describe('The builder that finished it.'),
  revision: name.describe('The commit, already on the branch.'),
  finished_at: moment.describe('ISO 8601, or milliseconds since 1970.'),
  failures: z
    .array(text)
    .max(1000)
    .default([])
    .describe('Excuse keys that it showed, those that a re-run cleared included.'),
});

const signature = z.strictObject({
  id: name.describe('Such as FLK-0012.'),
  state: z
    .enum(['monitor', 'active', 'resolved', 'expired'])
    .default('active')
    .describe('Only active may excuse.'),
  allowed: z.boolean().default(true).describe('exonerate.allowed of its file.'),
  max_rate: share
    .default(0.05)
    .describe('exonerate.max_rate of its file: above it on the builder it excuses nothing.'),
  contains_fix: z
    .boolean()
    .default(false)
    .describe('Resolved, and the commit under test contains the fix: a hit is a regression.'),
  rate: counted.optional().describe('How often it is known to show on landed commits, over all builders.'),
  last_24h: counted
    .optional()
    .describe('Its last 24 hours, not counted in rate: suspended while the tail is below 0.001.'),
  suspended: text.nullable().default(null).describe('Why it excuses nothing now; null: by last_24h.'),
});

const history = z.strictObject({
  base: z
    .strictObject({
      revision: name.describe('The commit to run a control on.'),
      branch: text.default('unknown').describe('Its branch.'),
    })
    .nullable()
    .optional()
    .describe(
      'Where a control may run; null: nowhere. Default: the newest revision in base_builds that the builder finished, with at most 5 others first seen since; without base_builds it is taken to exist.',
    ),
  evidence: z
    .array(evidence)
    .max(5000)
    .default([])
    .describe(
      'What is known of an excuse key on a builder, already counted. Goes before what base_builds say of it.',
    ),
  base_builds: z
    .array(baseBuild)
    .max(20_000)
    .default([])
    .describe('Finished builds of the branch itself, not ours and not forced, in any order.'),
});

const budget = z.strictObject({
  of: z
    .enum(['job', 'builder', 'owner', 'day'])
    .describe("This run, this builder, the worker's owner in a day, or a day in all."),
  limit: count.describe('Measuring builds that may be spent.'),
  spent: count.default(0).describe('Those spent already.'),
});

const policy = z.strictObject({
  coverage_without: z
    .boolean()
    .default(true)
    .describe("The platform coverage is met without this builder's vote, so that it may be withdrawn."),
  changed_files: z
    .array(text)
    .max(20_000)
    .nullable()
    .default(null)
    .describe('Paths that the change changed (GATE_FILES); null or empty: every file counts as touched.'),
  can_repeat: z
    .boolean()
    .nullable()
    .default(null)
    .describe("The builder's factory repeats tests by name; null: not known yet, a first measure will show."),
  whole_builds_fit: z
    .boolean()
    .default(true)
    .describe("Five of the builder's median build times fit what is left of the run's deadline."),
  voting_builders: count
    .max(10_000)
    .optional()
    .describe(
      'Voting builders of the run, for the surprise guard; those not spoken of passed. Default: those spoken of.',
    ),
  budgets: z
    .array(budget)
    .max(100)
    .default([])
    .describe('One build more than a limit is not begun: the failure stands.'),
});

/** One case. */
export const caseSchema: z.ZodType<CaseDocument> = z
  .strictObject({
    note: text.optional().describe('For people; not looked at.'),
    builder: name.describe('The voting builder that is asked about.'),
    at: moment
      .optional()
      .describe('The moment of the question. Default: when the newest base build was finished.'),
    failures: z
      .array(failure)
      .max(1000)
      .default([])
      .describe(
        'What went wrong in the votes. A builder that is named here and has no vote among the attempts failed once.',
      ),
    attempts: z
      .array(attempt)
      .max(1000)
      .default([])
      .describe(
        "Votes, measures and controls in the order in which they were made. A builder's newest vote is judged, by what was measured after it.",
      ),
    signatures: z.array(signature).max(1000).default([]).describe('Those that the failures name.'),
    history: history.prefault({}).describe('What is known of commits already on the branch.'),
    policy: policy.prefault({}).describe('What the run allows.'),
  })
  .describe('One question to the decision: what is to be done about a builder whose vote went wrong?');

/** The JSON Schema of a line, as config/decision/case.schema.json has it. */
export function caseJsonSchema(): object {
  const schema = z.toJSONSchema(caseSchema, { io: 'input', unrepresentable: 'any' });
  return { ...schema, title: 'A case for `npm run -s decide`' };
}
