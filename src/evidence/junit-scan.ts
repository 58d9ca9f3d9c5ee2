// Cuts the failing test cases out of a JUnit report by its bytes: a parser sees only those few, never the whole of it (SPEED.md section 4).

/** A report larger than this is not read. */
export const reportLimit = 64 * 1024 * 1024;
const fragmentLimit = 256 * 1024;
const fragmentsLimit = 2_000;

export interface JunitScan {
  /** `complete`: it ends as it should and has as many cases as it claims. */
  readonly state: 'complete' | 'cut' | 'lying' | 'no report';
  readonly cases: number;
  /** The failing `<testcase>` elements, each alone. */
  readonly fragments: readonly string[];
  /** Failing cases that were too large or too many to look at. */
  readonly left: number;
}

interface Element {
  readonly start: number;
  /** Behind the `>` of the element's first tag. */
  readonly open: number;
  readonly empty: boolean;
}

const tags = {
  testcase: Buffer.from('<testcase'),
  testcaseEnd: Buffer.from('</testcase'),
  failure: Buffer.from('<failure'),
  error: Buffer.from('<error'),
  suite: Buffer.from('<testsuite'),
  suiteEnd: Buffer.from('</testsuite'),
  suitesEnd: Buffer.from('</testsuites'),
} as const;

/** Behind the `>` that ends a tag: a `>` in a quoted value is none. -1 where it is cut. */
function tagEnd(report: Buffer, from: number): number {
  let quote = 0;
  for (let at = from; at < report.length; at += 1) {
    const byte = report[at];
    if (quote !== 0) quote = byte === quote ? 0 : quote;
    else if (byte === 0x22 || byte === 0x27) quote = byte;
    else if (byte === 0x3e) return at + 1;
  }
  return -1;
}

/** Whether these bytes stand there. Compared one by one: it is asked of every tag, and a view for each would be most of the work. */
function stands(report: Buffer, at: number, wanted: Uint8Array): boolean {
  for (let nth = 0; nth < wanted.length; nth += 1) if (report[at + nth] !== wanted[nth]) return false;
  return true;
}

const sections = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
].map(([start = '', end = '']) => ({ start: Buffer.from(start), end: Buffer.from(end) }));

/** Behind a comment, CDATA section or declaration that begins here; -1 where it is cut; 0 for anything else. */
function skipped(report: Buffer, at: number): number {
  const section = sections.find(({ start }) => stands(report, at, start));
  if (section === undefined) return 0;
  const { start, end } = section;
  const found = report.indexOf(end, at + start.length);
  return found === -1 ? -1 : found + end.length;
}

interface Walk {
  cases: number;
  claimed: number;
  closed: boolean;
  cut: boolean;
  left: number;
  fragments: string[];
}

function isName(report: Buffer, at: number, name: Uint8Array): boolean {
  if (!stands(report, at, name)) return false;
  const next = report[at + name.length];
  return next === undefined || next <= 0x20 || next === 0x2f || next === 0x3e;
}

function close(
  report: Buffer,
  walk: Walk,
  { element, failing, end }: { element: Element; failing: boolean; end: number },
): void {
  walk.cases += 1;
  if (!failing) return;
  const fits = end - element.start <= fragmentLimit && walk.fragments.length < fragmentsLimit;
  if (fits) walk.fragments.push(report.toString('utf8', element.start, end));
  else walk.left += 1;
}

/** Takes one tag; gives the place behind it, or -1 where the report is cut. */
function createTagTaker(report: Buffer, walk: Walk) {
  let element: Element | null = null;
  let failing = false;
  return (at: number): number => {
    const end = tagEnd(report, at);
    if (end === -1) return -1;
    const empty = report[end - 2] === 0x2f;
    if (isName(report, at, tags.testcase)) {
      element = { start: at, open: end, empty };
      failing = false;
      if (empty) close(report, walk, { element, failing, end });
      if (empty) element = null;
    } else if (isName(report, at, tags.testcaseEnd)) {
      if (element !== null) close(report, walk, { element, failing, end });
      element = null;
    } else if (isName(report, at, tags.failure) || isName(report, at, tags.error)) failing = element !== null;
    else if (isName(report, at, tags.suite) && element === null) {
      const claimed = /\btests=["'](\d{1,9})["']/.exec(
        report.toString('latin1', at, Math.min(end, at + 4_096)),
      )?.[1];
      walk.claimed += Number(claimed ?? 0);
    } else if (isName(report, at, tags.suiteEnd) || isName(report, at, tags.suitesEnd))
      walk.closed = element === null;
    return end;
  };
}

/** Scans a report of at most 64 MiB. Never throws: what is no report says so. */
export function scanJunit(report: Buffer): JunitScan {
  const walk: Walk = { cases: 0, claimed: 0, closed: false, cut: false, left: 0, fragments: [] };
  const take = createTagTaker(report, walk);
  let at = report.indexOf(0x3c);
  while (at !== -1) {
    const behind = skipped(report, at) || take(at);
    if (behind === -1) walk.cut = true;
    at = behind === -1 ? -1 : report.indexOf(0x3c, behind);
  }
  const { cases, fragments, left } = walk;
  if (cases === 0 && !walk.closed) return { state: 'no report', cases, fragments, left };
  if (walk.cut || !walk.closed) return { state: 'cut', cases, fragments, left };
  return { state: walk.claimed === cases ? 'complete' : 'lying', cases, fragments, left };
}
