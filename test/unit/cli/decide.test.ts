import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { answer, answers } from '../../../src/cli/decide.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

async function told(...chunks: readonly (string | Uint8Array)[]): Promise<readonly object[]> {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield Buffer.from(chunk);
  }
  const lines: string[] = [];
  for await (const line of answers(bytes())) lines.push(line);
  return lines.map((line) => JSON.parse(line) as object);
}

describe('npm run -s decide', () => {
  it('gives each of the examples the action that its note says', async () => {
    const examples = (await readFile(`${root}config/decision/examples.jsonl`, 'utf8')).trimEnd().split('\n');
    expect(examples.length).to.be.greaterThan(40);
    for (const example of examples) {
      const { note } = JSON.parse(example) as { readonly note: string };
      const { action } = JSON.parse(answer(example, 1)) as { readonly action: string };
      expect(`${note.slice(0, note.lastIndexOf(':'))}: ${action}`).to.equal(note);
    }
  });

  it('ends quietly when its reader goes away, though more is fed', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/decide-main.ts'], { cwd: root });
    // It may be gone before the last line is.
    child.stdin.on('error', () => undefined);
    const ended = once(child, 'close') as Promise<[number | null]>;
    const said = text(child.stderr);
    child.stdin.write('{"builder":"b"}\n'.repeat(1_000));
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const feeding = setInterval(() => child.stdin.write('{"builder":"b"}\n'.repeat(1_000)), 10);
    const [code] = await ended.finally(() => clearInterval(feeding));

    expect([code, await said]).to.deep.equal([0, '']);
  });

  it('answers one line with one line and goes on after a wrong one', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/decide-main.ts'], { cwd: root });
    child.stdin.end(
      '{"builder":"b","failures":[{"kind":"compile","test_id":"t"}]}\nnonsense\n\n{"builder":"b"}',
    );
    const [lines] = await Promise.all([text(child.stdout), once(child, 'close')]);
    const found = lines
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);
    expect(found.map((each) => each['action'] ?? each['error']?.slice(0, 20))).to.deep.equal([
      'fail',
      'line 2: the line: is',
      'fail',
    ]);
    expect(found[0]).to.have.all.keys('action', 'builder', 'why', 'result', 'test_id');
  }).timeout(30_000);

  it('takes a line from any chunks, with or without an end', async () => {
    const line = '{"builder":"b\u00e9"}';
    const bytes = [...Buffer.from(`${line}\n${line}`)].map((byte) => Uint8Array.of(byte));
    expect(await told(...bytes)).to.deep.equal(await told(`${line}\n`, line));
    expect(await told(line)).to.have.length(1);
  });

  it('refuses a line of more than 8 MiB and answers the next', async () => {
    const long = Buffer.alloc(1024 * 1024, 'x');
    const found = await told(...Array<Uint8Array>(9).fill(long), '\n{"builder":"b"}\n');
    expect(found[0]).to.deep.equal({ error: 'line 1: is longer than 8388608 bytes' });
    expect(found[1]).to.include({ action: 'fail', builder: 'b' });
  });

  it('writes nothing but ASCII', () => {
    expect(answer('{"builder":"b\\u009b\\u202e\\u001b[2J\u{1f600}"}', 1)).to.match(/^[\x20-\x7e]+\n$/);
  });

  it('keeps nothing from line to line', () => {
    const line = '{"builder":"b","failures":[{"test_id":"test_x.A.b"}]}';
    const first = answer(line, 1);
    answer('{"builder":"c","failures":[{"test_id":"test_x.A.b","kind":"compile"}]}', 1);
    expect(answer(line, 1)).to.equal(first);
  });
});
