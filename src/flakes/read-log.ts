// A log, line by line, to its failures. Nothing of the log is kept but what a failure shows.

import type { RunnerAccount } from './account.ts';
import { createDedent } from './dedent.ts';
import type { Failure } from './failure.ts';
import type { Hash } from './fingerprint.ts';
import type { LogFormat, LogLine } from './line.ts';
import { createRuleBook, type RuleBook } from './rule-book.ts';
import { createScene, nameCrashed, sight, type Scene } from './scene.ts';
import { settle } from './settle.ts';
import type { Rule, Tool } from './tool.ts';
import { buildbot } from './tools/buildbot.ts';
import { compiler } from './tools/compiler.ts';
import { faulthandler } from './tools/faulthandler.ts';
import { machine } from './tools/machine.ts';
import { pytest } from './tools/pytest.ts';
import { regrtest } from './tools/regrtest.ts';
import { service } from './tools/service.ts';
import { shell } from './tools/shell.ts';
import { unittest } from './tools/unittest.ts';
import { warnings } from './tools/warnings.ts';
import { createTracer } from './traceback.ts';

/** What the rules look at of one line. */
const lookLimit = 4_096;

export interface LogReading {
  readonly failures: readonly Failure[];
  /** Sightings left out because there were too many: then the list is not complete. */
  readonly dropped: number;
  /** What the runner itself counts and lists. */
  readonly account: RunnerAccount;
  /** A runner, a tool or Buildbot spoke in it: without that, nothing found means nothing. */
  readonly recognised: boolean;
}

export interface LogReader {
  take(line: LogLine): void;
  /** The failures of the lines so far. */
  reading(): LogReading;
}

/** The order matters: what stands earlier takes the line. A crash may stand behind the name of its test, so that comes first. */
function rulesFor(format: LogFormat): readonly Rule[] {
  const own = buildbot(format);
  const tools: readonly Tool[] = [
    own,
    // A line of its summary names the test of what a client or the machine seems to say in it.
    pytest,
    machine,
    unittest,
    shell,
    faulthandler,
    warnings,
    regrtest,
    compiler,
    ...(format === 'raw' ? [service] : []),
  ];
  return tools.flatMap(({ rules }) => rules);
}

const books = new Map<LogFormat, RuleBook>();

/** The rules know nothing of a log but what its scene holds: the book is made once, for making one takes longer than reading a short log. */
function bookFor(format: LogFormat): RuleBook {
  let book = books.get(format);
  if (book === undefined) books.set(format, (book = createRuleBook(rulesFor(format))));
  return book;
}

/** Whether anything in the log is of a kind that is known. */
function spoke({ run, method, sightings }: Scene): boolean {
  return run.started || run.ok !== null || run.exit !== null || method !== null || sightings.length > 0;
}

/** A frame of a traceback whose beginning was cut off. */
const frame = /^ {2}File "[^"]{1,1000}", line \d+, in \S/;

/** A traceback that belongs to nothing: it counts only in a log where no runner says more. */
function loose(scene: Scene, line: LogLine): void {
  if (scene.open !== null) return;
  const begins = line.text.startsWith('Traceback (most recent call last)');
  if (!begins && !(line.text.startsWith('  File "') && frame.test(line.text))) return;
  // Before the runner speaks it need not be of a file that the command names.
  const file = scene.run.started ? scene.file : null;
  scene.open = sight(scene, line, { kind: 'other', strength: 'hinted', file });
}

/**
 * Reads one log.
 *
 * @param options.format `raw`: headers cannot be told from output, so that any line may be one, and none counts as Buildbot's word
 * @param options.hash for fingerprints and incidents
 * @param options.builder goes into incidents of machines
 */
export function createLogReader(options: {
  readonly format: LogFormat;
  readonly hash: Hash;
  readonly builder: string | null;
}): LogReader {
  const scene = createScene();
  const applyRules = bookFor(options.format);
  const tracer = createTracer();
  const dedent = createDedent();
  return {
    take(given) {
      // Copied from a terminal, lines are filled up with blanks.
      const line = { ...given, text: dedent(given.text.slice(0, lookLimit).trimEnd()) };
      loose(scene, line);
      if (line.header || !tracer.follow(line.text, scene, line))
        applyRules(line.text, ({ pattern, take }) => {
          const found = pattern.exec(line.text);
          return found !== null && take(found, scene, line) !== false;
        });
      scene.before = line.text;
      scene.lines = line.number;
    },
    reading() {
      nameCrashed(scene);
      const failures = settle(scene, options);
      const recognised = failures.length > 0 || spoke(scene);
      return { failures, dropped: scene.dropped, account: scene.account, recognised };
    },
  };
}
