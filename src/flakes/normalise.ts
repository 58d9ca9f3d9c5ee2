// A message without what differs from run to run, so that the same symptom reads the same (FLAKES.md 6.2 step 2).

const masks: readonly (readonly [RegExp, string])[] = [
  [/\b0[xX][0-9a-fA-F]{2,}\b/g, '<hex>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<uuid>'],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{12,}\b/gi, '<hex>'],
  // Compilers quote as the worker's language has it.
  [/[\u2018\u2019\u0060\u00b4]/g, "'"],
  // Temporary names and build folders: the last part of a path says what it is, unless it is random as well.
  [/(?:[A-Za-z]:)?(?:[\\/][^\s\\/'":,;()<>[\]]+)+[\\/](?=[^\s\\/'":,;()<>[\]]+)/g, '<dir>/'],
  [/(?:@test_\d+_tmp|\btest_python_|\btmp|\bpymp-)[\w\u0080-\uffff]+/g, '<tmp>'],
  // The random end of a temporary name behind a prefix.
  [/(<dir>\/[\w.]{1,100}_)(?=[a-z_]*\d)[a-z0-9_]{8}(?![\w.])/g, '$1<tmp>'],
  [/\bcpython-\d{2,3}[a-z]*(?:-[\w-]+)?(?=\.so\b)/g, 'cpython-<abi>'],
  [/\b((?:lib)?python)\d\.\d{1,2}[a-z]{0,2}\b/g, '$1<version>'],
  [/(\.(?:c|h|cc|cpp|m|S|py|rs)):\d+(?::\d+)?(?=:)/g, '$1:<n>'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?/g, '<time>'],
  [/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\b/g, '<time>'],
  [/\b(\w*(?:Thread|Process|Worker)-)\d+/g, '$1<n>'],
  [/\b(started(?: daemon)?) \d+/g, '$1 <n>'],
  [
    /\b(?:pid|tid|ident|fd|port|id|process|Process|child process|thread|Thread)([ =:#-]{1,2})\d+/g,
    '<id>$1<n>',
  ],
  [/(127\.0\.0\.1|localhost|::1|\]|', ?):? ?\d{4,5}\b/g, '$1:<port>'],
  [/\b\d+(?:\.\d+)? ?(?:ns|us|µs|ms|sec(?:onds?)?|secs|minutes?|min|hours?|s)\b/g, '<duration>'],
  [/(?<![\w.])-?(?:\d+\.\d+(?:e[+-]?\d+)?|\d+e[+-]?\d+)(?![\w.])/gi, '<float>'],
  [/\b\d+:\d\d:\d\d\b/g, '<duration>'],
  [/\bline \d+/g, 'line <n>'],
  // What unittest leaves out of long values.
  [/\[\d+ chars\]/g, '[<n> chars]'],
  // Small integers mean something (errno, `1 != 2`, exit codes); large ones are ids, sizes, times.
  [/\d{5,}/g, '<n>'],
  [/\s+/g, ' '],
];

/** The message masked; the same symptom of two runs gives the same text. */
export function normalise(message: string): string {
  return masks.reduce((masked, [pattern, by]) => masked.replace(pattern, by), message).trim();
}
