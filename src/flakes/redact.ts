// Secrets out of text that is kept or shown: a runner prints the whole environment at times (`Warning -- os.environ was modified`).

const name = String.raw`[A-Z0-9_]*(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?|COOKIE|AUTH|SESSION|SWIFT)[A-Z0-9_]*`;

const rules: readonly (readonly [RegExp, string])[] = [
  // A whole dump of variables is no evidence: what changed is said by its name.
  [/environ\(\{.*$/gs, 'environ({…})'],
  [/\b((?:Proxy-)?Authorization\s*:\s*)(?:\w+\s+)?[^\s'",]+/gi, '$1[redacted]'],
  // 'API_TOKEN': 'abc' and API_TOKEN=abc
  [
    new RegExp(String.raw`(['"]?\b${name}['"]?\s*[:=]\s*)(?:'[^']*'?|"[^"]*"?|[^\s'",;]+)`, 'gi'),
    '$1[redacted]',
  ],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{12,}/g, '$1 [redacted]'],
  // https://user:password@host
  [/(\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@:'"]{1,200}:[^\s/@'"]{1,200}@/gi, '$1[redacted]@'],
  [
    /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abpr]-[\w-]{10,}|AKIA[0-9A-Z]{16}|pypi-[\w-]{16,})/g,
    '[redacted]',
  ],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----.*/gs, '[redacted]'],
];

/** The text with what looks like a secret replaced. Errs on the side of too much. */
export function redact(text: string): string {
  return rules.reduce((redacted, [pattern, by]) => redacted.replace(pattern, by), text);
}
