// The command as a process of its own: its signals, its pipes, and what it loads.

import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { jobView } from '../../../src/views/job-view.ts';
import { createWeb, type Web } from '../../../src/web/web.ts';
import { until } from '../../until.ts';
import { context, sampleRun } from '../views/sample.ts';
import { createPort } from '../web/port.ts';

const program = fileURLToPath(new URL('../../../src/cli/program.ts', import.meta.url));
const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
const silent = { info: () => undefined, warn: () => undefined };

interface Run {
  readonly child: ChildProcess;
  readonly said: { out: string; err: string };
  readonly ended: Promise<number | string>;
}

function start(words: readonly string[]): Run {
  return startNode(['--import', 'tsx', main, ...words]);
}

function startNode(words: readonly string[]): Run {
  const env = { ...process.env, NODE_OPTIONS: '', GEARBRIDGE_URL: '' };
  const child = spawn(process.execPath, words, { env });
  const said = { out: '', err: '' };
  child.stdout.on('data', (piece: Buffer) => (said.out += piece.toString('utf8')));
  child.stderr.on('data', (piece: Buffer) => (said.err += piece.toString('utf8')));
  const ended = new Promise<number | string>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown')),
  );
  return { child, said, ended };
}

describe('the process', () => {
  let web: Web;
  beforeEach(async () => {
    const run = sampleRun();
    const port = createPort([jobView(run, run.jobs[0]!, context())]);
    const listen = { host: '127.0.0.1', port: 0 };
    web = await createWeb({ ...port, listen, socketPath: null, publicUrl: 'http://x/', log: silent });
  });
  afterEach(() => web.close());

  it('ends with 130 at Ctrl-C', async () => {
    const { child, said, ended } = start([
      'jobs',
      'watch',
      '0a1b2c3d',
      '--url',
      `http://${web.address().tcp!}`,
    ]);
    await until(() => said.out.includes('waiting'), { within: 15_000, what: 'the first line' });
    child.kill('SIGINT');

    expect(await ended).to.equal(130);
    expect(said.err).to.contain('the job goes on');
  });

  it('ends quietly when the reader of its data has gone', async () => {
    const { child, said, ended } = start(['config', 'init', '--stanza']);
    child.stdout?.destroy();

    expect(await ended).to.equal(0);
    expect(said.err).to.not.match(/EPIPE|Error/);
  });

  it('loads commander for --help, and no command, no driver', async () => {
    const script = `
      const { gearbridge } = await import(${JSON.stringify(pathToFileURL(program).href)});
      await gearbridge(['--help'], { out: () => undefined, err: () => undefined, interactive: false, env: {} });
      const { Session } = await import('node:inspector');
      const session = new Session();
      const loaded = [];
      session.on('Debugger.scriptParsed', ({ params }) => loaded.push(params.url));
      session.connect();
      session.post('Debugger.enable');
      console.log(loaded.filter((url) => url.startsWith('file:')).join('\\n'));`;
    const { said, ended } = startNode(['--import', 'tsx', '--input-type=module', '--eval', script]);

    expect(await ended, said.err).to.equal(0);
    const loaded = said.out.split('\n');
    const packages = new Set(loaded.flatMap((url) => /.*\/node_modules\/([^/]+)/.exec(url)?.[1] ?? []));
    const ours = loaded.flatMap((url) => /\/src\/(.*)\.ts/.exec(url)?.[1] ?? []);
    for (const ofTheLoader of ['tsx', 'esbuild', 'get-tsconfig', '@esbuild']) packages.delete(ofTheLoader);
    expect([...packages]).to.deep.equal(['commander']);
    expect(new Set(ours)).to.deep.equal(
      new Set([
        'cli/program',
        'cli/common-options',
        'cli/exit',
        'cli/version',
        'cli/add-signatures',
        'cli/flakes-commands',
        'views/since',
      ]),
    );
  });
});
