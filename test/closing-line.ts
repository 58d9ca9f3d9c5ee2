// Mocha's spec reporter, and after it one line for whoever reads only the end: `N passed, N failed`.

import Mocha from 'mocha';

/** What mocha makes with `new`; it takes a reporter from a file's default export only. */
export default function closingLine(runner: Mocha.Runner, options: Mocha.MochaOptions): Mocha.reporters.Spec {
  const spec = new Mocha.reporters.Spec(runner, options);
  // Registered after spec's own listener, so it prints below the summary and the list of failures.
  runner.once('end', () => {
    const { passes, failures } = spec.stats;
    process.stdout.write(`${passes} passed, ${failures} failed\n`);
  });
  return spec;
}
