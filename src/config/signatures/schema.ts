// The shape of a signature file (FLAKES.md 6.1). The JSON Schema in config/signatures is made from it; what its parts expect is said in
// guide.ts.

import { z } from 'zod';
import { kinds } from '../../flakes/kind.ts';
import { signatureStates, signatureVerdicts, withins } from '../../flakes/signature/signature.ts';

const plain = /^[^\p{Cc}\u2028\u2029]+$/u;
const text = z.string().min(1).max(1000).regex(plain);
const number = z.number().min(-1e9).max(1e9);
const url = z
  .string()
  .max(1000)
  .regex(/^https?:\/\/[^\s/@]+(?:\/\S*)?$/i)
  .refine((given) => URL.canParse(given));
const path = text.regex(/^(?![\\/])(?!.*(?:^|\/)\.\.(?:\/|$))/);

/** Whether the calendar has the day: not the 30th of February. */
function isDay(given: string): boolean {
  const [year = 0, month = 0, date = 0] = given.split('-').map(Number);
  const leap = year % 400 === 0 || (year % 4 === 0 && year % 100 !== 0);
  const last = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return month >= 1 && month <= 12 && date >= 1 && date <= last;
}

/** A day of the calendar. */
const day = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d$/)
  .refine(isDay);

const one = (names: readonly string[]) => ({ oneOf: names.map((name) => ({ required: [name] })) });

/** Exactly one of the keys is there. */
function just(names: readonly string[]) {
  return (given: object) => names.filter((name) => name in given).length === 1;
}

const tests = ['equals', 'any', 'glob', 'regex'];

/** What is asked of a fact: its value, several values, or one of the four tests by name. */
function condition<Value extends z.ZodType<string | number>>(value: Value) {
  const many = z.array(value).min(1).max(200);
  const named = z
    .strictObject({
      equals: value.optional(),
      any: many.optional(),
      glob: text.optional(),
      regex: text.optional(),
    })
    .refine(just(tests))
    .meta(one(tests));
  return z.union([value, many, named]).optional();
}

const logTests = [...tests, 'lines'];
const log = z
  .strictObject({
    equals: text.optional(),
    any: z.array(text).min(1).max(200).optional(),
    glob: text.optional(),
    regex: text.optional(),
    lines: z.array(text).min(1).max(20).optional(),
    within: z.enum(withins).optional(),
  })
  .refine(just(logTests))
  .meta(one(logTests));

const leaves = {
  kind: condition(z.enum(kinds)),
  step: condition(text),
  builder: condition(text),
  worker: condition(text),
  platform: condition(text),
  branch: condition(text),
  test_id: condition(text),
  exception: condition(text),
  message: condition(text),
  log: z.union([text, z.array(text).min(1).max(200), log]).optional(),
  exit_status: condition(z.union([text, number])),
  duration: condition(z.union([text, number])),
  attempt: condition(z.union([text, number])),
};

/** One or more conditions, all of which must hold. */
export interface NodeFile extends z.output<z.ZodObject<typeof leaves>> {
  readonly all?: readonly NodeFile[] | undefined;
  readonly any?: readonly NodeFile[] | undefined;
  readonly none?: readonly NodeFile[] | undefined;
}

type Nodes = z.ZodOptional<z.ZodArray<z.ZodType<NodeFile>>>;

const node: z.ZodType<NodeFile> = z
  .strictObject({
    ...leaves,
    get all(): Nodes {
      return nodes();
    },
    get any(): Nodes {
      return nodes();
    },
    get none(): Nodes {
      return nodes();
    },
  })
  .refine((given) => Object.keys(given).length > 0)
  .meta({ id: 'conditions', minProperties: 1 });

function nodes(): Nodes {
  return z.array(node).min(1).max(200).optional();
}

/** The whole file. */
export const signatureSchema = z.strictObject({
  id: z.string().regex(/^[A-Za-z][A-Za-z0-9._-]{0,63}$/),
  title: text.max(200).optional(),
  bug: url.nullish(),
  owner: text.nullish(),
  state: z.enum(signatureStates).default('monitor'),
  created: day.nullish(),
  review_by: day.nullish(),
  resolved: z
    .strictObject({
      at: day.nullish(),
      commit: z
        .string()
        .regex(/^[0-9a-f]{7,64}$/)
        .nullish(),
    })
    .nullish(),
  scope: z.enum(['failure', 'build']).default('failure'),
  match: node,
  verdict: z.enum(signatureVerdicts).default('flake'),
  exonerate: z
    .strictObject({ allowed: z.boolean().default(true), max_rate: z.number().min(0).max(1).default(0.05) })
    .prefault({}),
  suppress: z
    .strictObject({ graph: z.boolean().default(false), notify: z.boolean().default(false) })
    .prefault({}),
  examples: z
    .strictObject({ match: z.array(path).max(50).default([]), no_match: z.array(path).max(50).default([]) })
    .prefault({}),
});

export type SignatureFile = z.output<typeof signatureSchema>;
