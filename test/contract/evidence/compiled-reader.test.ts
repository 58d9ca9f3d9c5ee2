// The reader as it is installed: compiled, under plain node, where its thread finds its code and RE2 by another way than from source.

import { expect } from 'chai';
import { pathToFileURL } from 'node:url';
import type { LogOutcome } from '../../../src/evidence/reader/create-reader.ts';
import type { Signature } from '../../../src/flakes/signature/signature.ts';
import { output } from '../../../src/servers/command.ts';
import { compiledFile } from '../../stories/compiled.ts';

const log = `o======================================================================
oFAIL: test_x (test.test_a.T.test_x)
o----------------------------------------------------------------------
oTraceback (most recent call last):
o  File "/b/Lib/test/test_a.py", line 3, in test_x
o    self.assertEqual(1, 2)
oAssertionError: 1 != 2
o
oRan 1 test in 0.1s
o
oFAILED (failures=1)
hprogram finished with exit code 2
`;
const report = `<testsuites><testsuite tests="1"><testcase name="test_y" classname="test.test_a.T"><failure type="E" message="m">t</failure></testcase></testsuite></testsuites>`;

const signature: Signature = {
  id: 'FLK-1',
  title: 'one is not two',
  bug: null,
  owner: null,
  state: 'active',
  created: null,
  reviewBy: null,
  resolved: { at: null, commit: null },
  scope: 'failure',
  match: {
    node: 'log',
    sequence: [{ kind: 'regex', source: String.raw`^AssertionError: \d+ != \d+$` }],
    within: 'failure',
  },
  verdict: 'flake',
  exonerate: { allowed: true, maxRate: 0.05 },
  suppress: { graph: false, notify: false },
  examples: { match: [], noMatch: [] },
};

function logsAs(format: 'contents' | 'report', text: string) {
  const terms = { format, repeated: false, step: 'test', builder: 'b', facts: {} };
  return { terms, text };
}

/** Reads the logs in a process of its own, with nothing but node. */
async function readByNode(logs: readonly object[]): Promise<readonly LogOutcome[]> {
  const module = pathToFileURL(await compiledFile('src/evidence/reader/create-reader.ts')).href;
  const program = `
    import(${JSON.stringify(module)}).then(async ({ createReader }) => {
      const reader = createReader();
      reader.use([${JSON.stringify(signature)}]);
      const logs = ${JSON.stringify(logs)}.map(({ terms, text }) =>
        ({ terms, limit: 1e6, bytes: async function* () { yield Buffer.from(text); } }));
      process.stdout.write(JSON.stringify(await reader.read({ logs, within: 20_000 })));
      await reader.close();
    });`;
  const args = ['--eval', program];
  const env = { ...process.env, NODE_OPTIONS: '' };
  return JSON.parse(await output({ program: process.execPath, args, env })) as readonly LogOutcome[];
}

describe('the compiled reader', () => {
  it('reads a log and its report in its thread, and matches signatures there', async function () {
    this.timeout(60_000);
    const [read, reported] = await readByNode([logsAs('contents', log), logsAs('report', report)]);

    expect([read?.why, reported?.why]).to.deep.equal([null, null]);
    const told = read?.told;
    if (told?.kind !== 'log') throw new Error(`no log was told: ${JSON.stringify(read)}`);
    const names = told.failures.map(({ testId }, at) => [testId, told.named[at]]);
    expect(names).to.have.deep.members([
      ['test_a.T.test_x', [{ id: 'FLK-1', lines: [7] }]],
      ['test_a.T.test_y', []],
    ]);
    expect(reported?.told).to.include({ kind: 'report', state: 'complete', cases: 1 });
  });
});
