import { expect } from 'chai';
import type { ServerResponse } from 'node:http';
import type { ForceCall, ForceOutcome } from '../../../src/buildbot/master.ts';
import { clientOf, json, logIn, rejection, rpcError, startLyingMaster } from './lying-master.ts';
import type { Client, LyingMaster } from './lying-master.ts';

const call: ForceCall = {
  builders: ['Docs 3.x', 'Windows'],
  marker: 'gearbridge m r 1 vote k n',
  fields: { branch: 'main', revision: 'abc' },
};
const builders = [
  { builderid: 5, name: 'Docs 3.x' },
  { builderid: 9, name: 'Windows' },
];
const done = { id: 1, jsonrpc: '2.0', result: [4, { 5: 11, 9: 12 }] };

describe('a force call', () => {
  let liar: LyingMaster;
  let client: Client;
  let lists: (typeof builders)[];
  let post: (response: ServerResponse) => void;

  beforeEach(async () => {
    lists = [builders];
    post = (response) => json(response, done);
    liar = await startLyingMaster((seen, response) => {
      if (seen.method === 'POST') post(response);
      else if (seen.url === '/auth/login') logIn(response, 'user');
      else json(response, { builders: lists.length > 1 ? lists.shift() : lists[0] });
    });
    client = clientOf(liar.url);
  });
  afterEach(async () => {
    await client.master.close();
    await liar.close();
  });
  const force = (): Promise<ForceOutcome> => client.master.force(call);
  const posts = (): number => liar.seen.filter(({ method }) => method === 'POST').length;

  it('sends builders, marker and fields as Buildbot wants them, and names the builders of its answer', async () => {
    expect(await force()).to.deep.equal({
      kind: 'forced',
      buildset: 4,
      requests: [
        { builder: 'Docs 3.x', request: 11 },
        { builder: 'Windows', request: 12 },
      ],
    });
    const { url, headers, body } = liar.seen[0]!;
    expect(url).to.equal('/api/v2/forceschedulers/gate');
    expect(headers['content-type']).to.equal('application/json');
    expect(headers.origin).to.equal(undefined);
    expect(JSON.parse(body)).to.deep.equal({
      jsonrpc: '2.0',
      id: 1,
      method: 'force',
      params: {
        branch: 'main',
        revision: 'abc',
        reason: 'gearbridge m r 1 vote k n',
        builderNames: ['Docs 3.x', 'Windows'],
      },
    });
  });

  it('lets no field take the place of marker or builders', async () => {
    await client.master.force({ ...call, fields: { reason: 'mine', builderNames: 'all' } });
    const { params } = JSON.parse(liar.seen[0]!.body) as { params: Record<string, unknown> };
    expect(params['reason']).to.equal(call.marker);
    expect(params['builderNames']).to.deep.equal(call.builders);
  });

  it('is never sent without builders or without a marker', async () => {
    expect(await rejection(client.master.force({ ...call, builders: [] }))).to.be.instanceOf(TypeError);
    expect(await rejection(client.master.force({ ...call, marker: ' ' }))).to.be.instanceOf(TypeError);
    expect(liar.seen).to.have.length(0);
  });

  it('reads the builders anew when an id is unknown, once', async () => {
    await client.master.force(call);
    lists = [[...builders, { builderid: 31, name: 'Windows' }]];
    post = (response) => json(response, { result: [5, { 31: 13 }] });
    const outcome = await force();
    expect(outcome).to.deep.equal({
      kind: 'forced',
      buildset: 5,
      requests: [{ builder: 'Windows', request: 13 }],
    });
    expect(liar.seen.filter(({ method }) => method === 'GET')).to.have.length(2);
  });

  it('reads the builders anew when an id means a builder that was not asked for', async () => {
    lists = [
      [
        { builderid: 5, name: 'Another master had this id' },
        { builderid: 9, name: 'Windows' },
      ],
      builders,
    ];
    const outcome = await force();
    expect(outcome.kind === 'forced' && outcome.requests.map(({ builder }) => builder)).to.deep.equal([
      'Docs 3.x',
      'Windows',
    ]);
  });

  it('is unclear when a builder stays unknown, for it was forced', async () => {
    post = (response) => json(response, { result: [5, { 77: 13 }] });
    expect((await force()).kind).to.equal('unclear');
  });

  const rpc =
    (status: number, message: unknown, code = -32603) =>
    (response: ServerResponse) =>
      rpcError(response, status, { code, message });
  const raw =
    (status: number, body: string, headers: Record<string, string> = {}) =>
    (response: ServerResponse) => {
      response.writeHead(status, headers);
      response.end(body);
    };
  const outcomes: readonly (readonly [
    string,
    (response: ServerResponse) => void,
    ForceOutcome['kind'],
    string,
  ])[] = [
    ['no answer comes in time', () => undefined, 'unclear', 'no answer within 500 ms'],
    ['the connection is cut', (response) => response.destroy(), 'unclear', 'the connection broke'],
    ['the answer is cut', raw(200, '{"id":1,"result":[4,{"5"'), 'unclear', 'cannot be read'],
    ['the answer is a page', raw(200, '<html>'), 'unclear', 'cannot be read'],
    ['the answer has no ids', raw(200, '{"result":[null,{}]}'), 'unclear', 'cannot be read'],
    ['the answer has a text for an id', raw(200, '{"result":[4,{"5":"x"}]}'), 'unclear', 'cannot be read'],
    ['a proxy answers 502', raw(502, '<html>Bad Gateway</html>'), 'unclear', 'Bad Gateway'],
    ['a proxy answers 504 with nothing', raw(504, ''), 'unclear', 'an empty answer'],
    ['a proxy gave up waiting', raw(408, ''), 'unclear', '408'],
    ['the master raises something', rpc(500, "OperationalError('locked')"), 'unclear', 'locked'],
    [
      'the scheduler is unknown',
      rpc(500, `AttributeError("'NoneType' object has no attribute 'force'")`),
      'not-ready',
      "no force scheduler 'gate'",
    ],
    [
      'no builder is left',
      rpc(500, "KeyError('builderNames not specified or not supported')"),
      'not-ready',
      'none of the builders',
    ],
    ['it is forbidden', rpc(403, "you need to have role 'gate'", -32600), 'not-ready', "role 'gate'"],
    [
      'a field is refused',
      rpc(400, { gate_job: "'Gate job id' needs to be specified" }, -32602),
      'refused',
      "gate_job: 'Gate job id' needs to be specified",
    ],
    ['the call is malformed', rpc(400, 'missing key', -32600), 'not-ready', 'missing key'],
    ['the origin is invalid', raw(400, '{"error":{"message":"invalid origin"}}'), 'not-ready', 'invalid'],
    ['the path is unknown', raw(404, '{"error":{"message":"Invalid path"}}'), 'not-ready', 'Invalid path'],
    ['it is redirected', raw(301, '', { Location: 'https://a.example/' }), 'not-ready', 'https://a.example/'],
  ];
  for (const [when, answer, kind, says] of outcomes) {
    it(`is ${kind} when ${when} (${kind === 'unclear' ? 'rule 4.2' : 'rule 4.8'})`, async () => {
      post = answer;
      const outcome = await force();
      expect(outcome.kind).to.equal(kind);
      expect(outcome.kind === 'forced' ? '' : outcome.why).to.include(says);
      expect(posts()).to.equal(1);
    });
  }

  it('is not sent when nobody listens (rule 4.1)', async () => {
    await liar.close();
    const outcome = await force();
    expect(outcome.kind).to.equal('not-sent');
  });

  it('is not sent when the login before it gets no answer', async () => {
    const named = clientOf(liar.url, { username: 'gate' });
    liar.answer(() => undefined);
    const outcome = await named.master.force(call);
    await named.master.close();
    expect(outcome.kind).to.equal('not-sent');
    expect(posts()).to.equal(0);
  });

  it('is not ready when the login is refused', async () => {
    const named = clientOf(liar.url, { username: 'gate', password: () => 'wrong' });
    liar.answer((_, response) => raw(401, 'Unauthorized')(response));
    const outcome = await named.master.force(call);
    await named.master.close();
    expect(outcome.kind).to.equal('not-ready');
    expect(outcome.kind === 'not-ready' && outcome.why).to.include("refuses the login of 'gate'");
  });

  it('uses a connection of its own, so that no idle one can lose it', async () => {
    await client.master.newestBuildset().catch((error: unknown) => expect(error).to.be.instanceOf(Error));
    await force();
    expect(liar.seen.find(({ method }) => method === 'POST')!.headers.connection).to.equal('close');
  });

  it('is unclear, not lost, when the builders cannot be read after it', async () => {
    liar.answer((seen, response) => {
      if (seen.method === 'POST') json(response, done);
      else raw(503, '')(response);
    });
    const outcome = await force();
    expect(outcome.kind).to.equal('unclear');
    expect(outcome.kind === 'unclear' && outcome.why).to.include('forced, but');
  });
});
