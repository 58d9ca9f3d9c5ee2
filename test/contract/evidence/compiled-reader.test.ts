// The reader as it is installed: compiled, under plain node, where its thread finds its code and RE2 by another way than from source.

import { expect } from 'chai';
import { pathToFileURL } from 'node:url';
import type { LogOutcome } from '../../../src/evidence/reader/create-reader.ts';
import { output } from '../../../src/servers/command.ts';
import { compiledFile } from '../../stories/compiled.ts';
import { failing } from '../../unit/evidence/a-failing-log.ts';
import { aSignature } from '../../unit/flakes/signature/a-signature.ts';

const report = `<testsuites><testsuite tests="1"><testcase name="test_y" classname="test.test_a.T"><failure type="E" message="m">t</failure></testcase></testsuite></testsuites>`;

const signature = aSignature({
  node: 'log',
  sequence: [{ kind: 'regex', source: String.raw`^AssertionError: \d+ != \d+$` }],
  within: 'failure',
});

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
    const [read, reported] = await readByNode([logsAs('contents', failing), logsAs('report', report)]);

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
