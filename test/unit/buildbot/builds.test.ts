import { expect } from 'chai';
import type { BuildId, RequestId } from '../../../src/gate/ids.ts';
import { clientOf, json, startLyingMaster } from './lying-master.ts';
import type { Client, LyingMaster } from './lying-master.ts';

const sentence = 'command timed out: 1200 seconds without output running [b"make"], attempting to kill';

interface Log {
  readonly logid: number;
  readonly slug: string;
  readonly type: string;
  num_lines: number;
  readonly complete: boolean;
  readonly content: string;
}

function log(logid: number, content: string, more: Partial<Log> = {}): Log {
  const num_lines = content.split('\n').length - 1;
  return { logid, slug: 'stdio', type: 's', num_lines, complete: true, content, ...more };
}

const step = (number: number, name: string, more: object = {}): object => ({
  stepid: number + 50,
  number,
  name,
  complete: true,
  results: 0,
  started_at: 1700000000 + number,
  complete_at: 1700000001 + number,
  state_string: name,
  ...more,
});

describe('a build looked at', () => {
  let liar: LyingMaster;
  let client: Client;
  let build: Record<string, unknown>;
  let steps: object[];
  let logs: Record<number, Log[]>;

  const contents = (id: number, query: URLSearchParams): string => {
    const found = Object.values(logs)
      .flat()
      .find(({ logid }) => logid === id)!;
    const lines = found.content.split('\n').slice(0, -1);
    const offset = Number(query.get('offset'));
    const part = lines.slice(offset, offset + Number(query.get('limit')));
    return part.map((line) => `${line}\n`).join('');
  };

  beforeEach(async () => {
    build = {
      buildid: 3,
      buildrequestid: 7,
      number: 1,
      complete: true,
      results: 0,
      started_at: 1700000000,
      complete_at: 1700000009,
      state_string: 'build successful',
      properties: {},
    };
    steps = [step(0, 'git'), step(1, 'test')];
    logs = {};
    liar = await startLyingMaster((seen, response) => {
      const { pathname, searchParams } = new URL(seen.url, 'http://x');
      const [, kind, id, part] = /^\/api\/v2\/(\w+)(?:\/(\d+))?(?:\/(\w+))?$/.exec(pathname)!;
      if (kind === 'builders') json(response, { builders: [{ builderid: 5, name: 'Docs' }] });
      else if (kind === 'buildrequests') {
        const row = {
          buildrequestid: 7,
          buildsetid: 2,
          builderid: 5,
          claimed: true,
          complete: true,
          results: 0,
        };
        json(response, { buildrequests: [row] });
      } else if (part === 'steps') json(response, { steps });
      else if (part === 'logs') json(response, { logs: logs[Number(id)] ?? [] });
      else if (part === 'contents') {
        json(response, { logchunks: [{ content: contents(Number(id), searchParams) }] });
      } else json(response, { builds: [build] });
    });
    client = clientOf(liar.url);
  });
  afterEach(async () => {
    await client.master.close();
    await liar.close();
  });
  const look = () => client.master.build(3 as BuildId);

  it('costs one call for a passed build whose request was read before', async () => {
    await client.master.requests([7 as RequestId]);
    const before = liar.seen.length;
    const facts = await look();
    expect(facts.steps!.map(({ name }) => name)).to.deep.equal(['git', 'test']);
    expect(facts.stepTimedOut).to.equal(false);
    expect(liar.seen.slice(before).map(({ url }) => url.split('?')[0])).to.deep.equal([
      '/api/v2/builds/3/steps',
    ]);
  });

  it('gives its steps in their order, with what they ended with', async () => {
    steps = [
      step(1, 'test', { complete: false, results: null, complete_at: null }),
      step(0, 'git', { results: 1 }),
    ];
    const facts = await look();
    expect(facts.steps!.map(({ name, results, complete }) => [name, results, complete])).to.deep.equal([
      ['git', 1, true],
      ['test', null, false],
    ]);
  });

  it('says that a step timed out where a header line of the worker says so', async () => {
    build = { ...build, results: 2 };
    steps = [step(0, 'git'), step(1, 'test', { results: 2 })];
    logs = { 51: [log(9, `h make test\noTest 1\nh\nh${sentence}\nhprocess killed by signal 9\n`)] };
    expect((await look()).stepTimedOut).to.equal(true);
  });

  const forgeries: readonly (readonly [string, string])[] = [
    ['a line of stdout', `h make test\no${sentence}\n`],
    ['a line of stderr', `h make test\ne${sentence}\n`],
    ['a line of stdout that begins with the header letter', `h make test\noh${sentence}\n`],
    ['a carriage return in stdout', `h make test\nodone\rh${sentence}\n`],
    ['a line separator in stdout', `h make test\nodone\u2028h${sentence}\n`],
    ['the argument list', `h make 'h${sentence}'\nh argv: ['${sentence}']\n`],
    ['a sentence without its figure', `hcommand timed out: soon\n`],
  ];
  for (const [title, content] of forgeries) {
    it(`does not believe that a step timed out for ${title}`, async () => {
      build = { ...build, results: 2 };
      steps = [step(1, 'test', { results: 2 })];
      logs = { 51: [log(9, content)] };
      expect((await look()).stepTimedOut).to.equal(false);
    });
  }

  it('does not look for the sentence in other logs than stdio', async () => {
    build = { ...build, results: 2 };
    steps = [step(1, 'test', { results: 2 })];
    logs = { 51: [log(8, `h${sentence}\n`, { slug: 'mine' }), log(9, `h${sentence}\n`, { type: 't' })] };
    expect((await look()).stepTimedOut).to.equal(false);
  });

  it('finds the sentence though the step went on printing while it was killed, and reads no whole log', async () => {
    build = { ...build, results: 2 };
    steps = [step(1, 'test', { results: 2 })];
    const noise = 'oline\n'.repeat(20_000);
    logs = { 51: [log(9, `${noise}h${sentence}\n${'odying\n'.repeat(300)}hexit -1\n`)] };
    expect((await look()).stepTimedOut).to.equal(true);
    expect(liar.seen.at(-1)!.url).to.match(/\/logs\/9\/contents\?offset=19902&limit=400$/);
  });

  it('asks for no line of an empty log', async () => {
    build = { ...build, results: 2 };
    steps = [step(1, 'test', { results: 2 })];
    logs = { 51: [log(9, '')] };
    expect((await look()).stepTimedOut).to.equal(false);
    expect(liar.seen.filter(({ url }) => url.includes('contents'))).to.have.length(0);
  });

  it('looks at the last ten failed steps only', async () => {
    build = { ...build, results: 2 };
    steps = Array.from({ length: 40 }, (_, n) => step(n, `s${n}`, { results: 2 }));
    await look();
    expect(liar.seen.filter(({ url }) => url.endsWith('/logs'))).to.have.length(10);
  });

  describe('while it runs', () => {
    beforeEach(() => {
      build = { ...build, complete: false, results: null, complete_at: null, state_string: 'building' };
      steps = [step(0, 'git'), step(1, 'test', { complete: false, results: null, complete_at: null })];
      logs = { 51: [log(9, 'h make\nodone\n', { complete: false })] };
    });

    it('grows when a log gets longer, when a step begins and when one ends, and not otherwise', async () => {
      const seen: string[] = [];
      const note = async (): Promise<void> => {
        seen.push((await look()).growth);
      };
      await note();
      await note();
      logs[51]![0]!.num_lines += 1;
      await note();
      steps[1] = step(1, 'test');
      await note();
      steps.push(step(2, 'clean', { complete: false, results: null, complete_at: null }));
      await note();
      expect(seen[1]).to.equal(seen[0]);
      expect(new Set(seen).size).to.equal(4);
    });

    it('costs three calls', async () => {
      await look();
      expect(liar.seen).to.have.length(3);
    });

    it('waits for a lock when its step has begun and is pending', async () => {
      steps[1] = step(1, 'test', {
        complete: false,
        results: null,
        complete_at: null,
        state_string: 'pending',
      });
      expect((await look()).waitsForLock).to.equal(true);
    });

    it('waits for a lock when it says so itself', async () => {
      build = { ...build, state_string: 'acquiring locks' };
      steps = [];
      expect((await look()).waitsForLock).to.equal(true);
    });

    it('waits for no lock otherwise', async () => {
      expect((await look()).waitsForLock).to.equal(false);
    });
  });

  describe('for the lines of its failed steps', () => {
    it('gives the last lines without their prefix, as they are', async () => {
      steps = [
        step(0, 'git', { results: 1 }),
        step(1, 'test', { results: 2 }),
        step(2, 'report', { results: 4 }),
      ];
      logs = {
        51: [log(9, 'h make\nofirst\ne\u001b[31msecond\nhexit 1\n'), log(10, 'x\n', { slug: 'xml' })],
        52: [log(11, 'Traceback\nRuntimeError\n', { slug: 'err_text', type: 't' })],
      };
      expect(await client.master.failedSteps(3 as BuildId, 3)).to.deep.equal([
        { step: 'test', log: 'stdio', lines: ['first', '\u001b[31msecond', 'exit 1'] },
        { step: 'report', log: 'err_text', lines: ['Traceback', 'RuntimeError'] },
      ]);
    });

    it('bounds their number and their length', async () => {
      steps = [step(1, 'test', { results: 2 })];
      logs = { 51: [log(9, `o${'x'.repeat(4000)}\n`.repeat(500))] };
      const [failed] = await client.master.failedSteps(3 as BuildId, 100_000);
      expect(failed!.lines).to.have.length(200);
      expect(failed!.lines[0]).to.have.length(1000);
    });

    it('has none of a log that was deleted', async () => {
      steps = [step(1, 'test', { results: 2 })];
      logs = { 51: [log(9, 'ox\n', { type: 'd' })] };
      expect((await client.master.failedSteps(3 as BuildId, 40))[0]!.lines).to.deep.equal([]);
    });
  });
});
