// Logs and signatures drawn from seeds, like those of a CPython fleet: 31 % literals, the rest regular expressions, about one in
// 160 without a literal of use (SPEED.md). The same seed gives the same on every machine.

import type { LinePattern } from '../../src/flakes/signature/line-pattern.ts';

/** Numbers from 0 (included) to 1 (not): mulberry32. */
type Random = () => number;

function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function pick<T>(random: Random, items: readonly [T, ...T[]]): T {
  return items[Math.floor(random() * items.length)] ?? items[0];
}

type Words = readonly [string, ...string[]];
const split = (text: string): Words => text.split(' ') as [string, ...string[]];

const errors = split(
  'AssertionError OSError TimeoutError ConnectionResetError BrokenPipeError PermissionError RuntimeError ValueError SSLError MemoryError FileNotFoundError BlockingIOError ChildProcessError UnicodeDecodeError InterruptedError',
);
const subjects = split(
  'socket thread process handle buffer descriptor interpreter executor semaphore event loop transport protocol selector certificate handshake directory signal timer queue lock condition barrier pool worker pipe terminal locale codec archive digest iterator generator coroutine frame cursor',
);
const verbs = split(
  'expired refused vanished leaked blocked stalled overflowed truncated mismatched disconnected aborted timed exhausted corrupted interrupted deadlocked reset failed hung crashed',
);
const modules = split(
  'test_socket test_ssl test_asyncio test_threading test_multiprocessing_spawn test_subprocess test_signal test_io test_os test_concurrent_futures test_zipfile test_tarfile test_decimal test_email test_urllib2net test_ftplib test_imaplib test_select test_pty test_locale test_codecs test_unicode test_gdb test_tools test_venv',
);
const details = split(
  'already in use|after the deadline|while waiting for a reply|during interpreter shutdown|before the handshake|in the child|of the parent|by the peer|on this platform|with an unexpected value|from the previous test|at an odd time|for the second try|behind the proxy'
    .replaceAll(' ', '\u00a0')
    .replaceAll('|', ' '),
).map((text) => text.replaceAll('\u00a0', ' ')) as [string, ...string[]];

/** The nth symptom: a phrase that hardly any other shares. */
function symptom(index: number): {
  error: string;
  subject: string;
  verb: string;
  detail: string;
  code: number;
} {
  const random = randomFrom(index * 7_919 + 13);
  return {
    error: pick(random, errors),
    subject: `${pick(random, subjects)} ${pick(random, subjects)}`,
    verb: pick(random, verbs),
    detail: pick(random, details),
    code: Math.floor(random() * 9_000) + 100,
  };
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

const hard: Words = [
  '\\b[A-Z]{3}\\d{5}\\b',
  '0x[0-9a-f]{6}f\\b',
  '^\\s*\\d+\\s+\\d+\\s+-?\\d+$',
  '\\brc=-\\d+',
  '(?i)\\boom\\b',
  '\\[[0-9]+/[0-9]+/[7-9]\\]',
];

/** A regular expression of a shape that people write. */
const shapes: readonly [(index: number) => string, ...((index: number) => string)[]] = [
  (index) => {
    const { error, subject, verb } = symptom(index);
    return `${error}: .*${subject} ${verb}`;
  },
  (index) => {
    const { subject, verb, detail } = symptom(index);
    return `the ${subject} ${verb} ${escaped(detail)} \\(\\d+\\)`;
  },
  (index) => {
    const { error, subject, code } = symptom(index);
    return `^${error}: \\[Errno ${code}\\] the ${subject}`;
  },
  (index) => {
    const { subject, verb, detail } = symptom(index);
    return `(?:the|a) ${subject} (?:${verb}|has ${verb}) ${detail}`;
  },
  (index) => {
    const { subject, verb } = symptom(index);
    return `(?i)the ${subject} ${verb}`;
  },
  (index) => `${symptom(index).subject} \\w+ ${escaped(symptom(index).detail)} \\([0-9]+\\)$`,
];

/** So many signatures' patterns. */
export function seededPatterns(count: number, seed: number): LinePattern[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, (_none, index): LinePattern => {
    if (index % 160 === 9) return { kind: 'regex', source: pick(random, hard) };
    const { error, subject, verb, detail, code } = symptom(index);
    if (random() < 0.31)
      return { kind: 'literal', text: `${error}: [Errno ${code}] the ${subject} ${verb} ${detail}` };
    return { kind: 'regex', source: pick(random, shapes)(index) };
  });
}

function plainLine(random: Random): string {
  const module = pick(random, modules);
  const name = `test_${pick(random, subjects)}_${pick(random, verbs)}`;
  const drawn = random();
  if (drawn < 0.62) return `${name} (test.${module}.${pick(random, subjects)}Tests.${name}) ... ok`;
  if (drawn < 0.7)
    return `${name} (test.${module}.Tests.${name}) ... skipped 'requires ${pick(random, subjects)}'`;
  if (drawn < 0.8)
    return `0:${10 + Math.floor(random() * 49)}:07 load avg: ${(random() * 9).toFixed(2)} [${Math.floor(random() * 480)}/480] ${module} passed`;
  if (drawn < 0.88)
    return `  File "/buildbot/build/Lib/test/${module}.py", line ${Math.floor(random() * 4_000)}, in ${name}`;
  if (drawn < 0.94)
    return `    self.assertEqual(${pick(random, subjects)}.${pick(random, verbs)}, ${Math.floor(random() * 99)})`;
  if (drawn < 0.97) return `gcc -c -O3 -Wall -I./Include -o Objects/${name}.o Objects/${name}.c`;
  if (drawn < 0.99) return '-'.repeat(70);
  return drawn < 0.995 ? `na\u00efve caf\u00e9 ${name}` : '';
}

/** A log of at least so many bytes, ended by LF: mostly noise, a symptom of the first thousand in one line of `every`. */
export function seededLog(bytes: number, seed: number, every = 200): Buffer {
  const random = randomFrom(seed + 1_000_003);
  const lines: string[] = [];
  for (let length = 0; length < bytes;) {
    const { error, subject, verb, detail, code } = symptom(Math.floor(random() * 1_000));
    const line =
      random() >= 1 / every
        ? plainLine(random)
        : `${error}: [Errno ${code}] the ${subject} ${verb} ${detail} (${Math.floor(random() * 500)})`;
    lines.push(random() < 0.01 ? `${line}\r` : line);
    length += line.length + 1;
  }
  return Buffer.from(`${lines.join('\n')}\n`);
}
