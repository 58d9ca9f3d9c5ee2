import { expect } from 'chai';
import type { RequestId } from '../../../src/gate/ids.ts';
import { chunkedQueries, markerOf } from '../../../src/buildbot/requests.ts';
import { clientOf, json, refusal, startLyingMaster } from './lying-master.ts';
import type { Client, LyingMaster } from './lying-master.ts';

const request = (id: number, more: object = {}): object => ({
  buildrequestid: id,
  buildsetid: 2,
  builderid: 5,
  claimed: true,
  complete: false,
  results: -1,
  ...more,
});
const build = (id: number, of: number, more: object = {}): object => ({
  buildid: id,
  buildrequestid: of,
  number: id + 100,
  complete: true,
  results: 0,
  started_at: 1700000000,
  complete_at: 1700000009,
  state_string: 'build successful',
  properties: { got_revision: ['abc', 'Git'], workername: ['w1', 'Worker'] },
  ...more,
});

describe('requests with their builds', () => {
  let liar: LyingMaster;
  let client: Client;
  let tables: Record<string, readonly object[]>;
  beforeEach(async () => {
    tables = { builders: [{ builderid: 5, name: 'Docs 3.x' }], buildrequests: [], builds: [], buildsets: [] };
    liar = await startLyingMaster((seen, response) => {
      const name = /^\/api\/v2\/(\w+)/.exec(seen.url)![1]!;
      json(response, { [name]: tables[name] });
    });
    client = clientOf(liar.url);
  });
  afterEach(async () => {
    await client.master.close();
    await liar.close();
  });
  const ids = (...numbers: number[]): readonly RequestId[] => numbers as readonly number[] as RequestId[];

  it('cost two calls however many they are, once the names are known', async () => {
    await client.master.requests(ids(1));
    const many = Array.from({ length: 150 }, (_, n) => n + 1);
    tables['buildrequests'] = many.map((id) => request(id));
    await client.master.requests(ids(1));
    const before = liar.seen.length;
    expect(await client.master.requests(ids(...many))).to.have.length(150);
    expect(liar.seen.length - before).to.equal(2);
  });

  it('cost nothing when none are asked for', async () => {
    expect(await client.master.requests([])).to.deep.equal([]);
    expect(liar.seen).to.have.length(0);
  });

  it('give the facts of both, builds in the order in which they began', async () => {
    tables['buildrequests'] = [request(7, { complete: true, results: 0 })];
    const lost = { results: 5, complete_at: null, state_string: 'retry lost connection', properties: {} };
    tables['builds'] = [build(12, 7), build(11, 7, lost)];
    const [facts] = await client.master.requests(ids(7));
    expect(facts).to.deep.include({ id: 7, buildset: 2, builder: 'Docs 3.x', complete: true, results: 0 });
    expect(facts!.builds.map(({ id, results }) => [id, results])).to.deep.equal([
      [11, 5],
      [12, 0],
    ]);
    expect(facts!.builds[0]).to.deep.include({ worker: null, revision: null, completeAt: null });
    expect(facts!.builds[1]).to.deep.equal({
      id: 12,
      number: 112,
      worker: 'w1',
      complete: true,
      results: 0,
      startedAt: 1700000000,
      completeAt: 1700000009,
      state: 'build successful',
      revision: 'abc',
      steps: null,
      stepTimedOut: null,
      waitsForLock: false,
      growth: '',
    });
  });

  it('say null where nothing is complete: -1 of a request, null of a build', async () => {
    tables['buildrequests'] = [request(7)];
    tables['builds'] = [build(11, 7, { complete: false, results: null, state_string: 'acquiring locks' })];
    const [facts] = await client.master.requests(ids(7));
    expect(facts!.results).to.equal(null);
    expect(facts!.builds[0]).to.deep.include({ results: null, waitsForLock: true });
  });

  const revisions: readonly (readonly [string, unknown, string | null])[] = [
    ["codebase '' of a dictionary", [{ '': 'abc', lib: 'def' }, 'Git'], 'abc'],
    ['null where only other codebases have one', [{ lib: 'def' }, 'Git'], null],
    ['null where it is a number', [7, 'Git'], null],
    ['null where it is blank', ['', 'Git'], null],
    ['null where it is no pair', 'abc', null],
  ];
  for (const [title, value, expected] of revisions) {
    it(`take the revision to be ${title}`, async () => {
      tables['buildrequests'] = [request(7)];
      tables['builds'] = [build(11, 7, { properties: { got_revision: value } })];
      expect((await client.master.requests(ids(7)))[0]!.builds[0]!.revision).to.equal(expected);
    });
  }

  it('leave out what was not asked for: a filter that a master does not know is ignored', async () => {
    tables['buildrequests'] = [request(7), request(8)];
    tables['builds'] = [build(11, 7), build(12, 8), build(13, 9)];
    const facts = await client.master.requests(ids(7));
    expect(facts.map(({ id, builds }) => [id, builds.map((one) => one.id)])).to.deep.equal([[7, [11]]]);
  });

  it('cut what a build wrote to a length that can be kept', async () => {
    tables['buildrequests'] = [request(7)];
    tables['builds'] = [build(11, 7, { state_string: 'x'.repeat(100_000) })];
    expect((await client.master.requests(ids(7)))[0]!.builds[0]!.state).to.have.length(500);
  });

  it('are refused as a whole when a builder id has no name', async () => {
    tables['buildrequests'] = [request(7, { builderid: 99 })];
    const error = await refusal(client.master.requests(ids(7)));
    expect(error.retry).to.equal('transient');
    expect(error.message).to.include('builder id 99');
  });

  const wrong: readonly (readonly [string, object, object])[] = [
    ['results 7', request(7, { complete: true, results: 7 }), build(11, 7)],
    ['results as a text', request(7, { complete: true, results: '0' }), build(11, 7)],
    ['complete as a number', request(7, { complete: 1 }), build(11, 7)],
    ['a build without a start', request(7), build(11, 7, { started_at: null })],
    ['a start that is a text', request(7), build(11, 7, { started_at: 'now' })],
    ['a finished build with results null', request(7), build(11, 7, { results: null })],
    ['a build without a state', request(7), build(11, 7, { state_string: undefined })],
  ];
  for (const [title, requestRow, buildRow] of wrong) {
    it(`never become facts with a hole in them: ${title}`, async () => {
      tables['buildrequests'] = [requestRow];
      tables['builds'] = [buildRow];
      const error = await refusal(client.master.requests(ids(7)));
      expect(error.fault).to.equal('bad-answer');
    });
  }

  describe('found by their marker', () => {
    const forced = (bsid: number, marker: string, complete = false): object => ({
      bsid,
      complete,
      reason: `A build was forced by 'gate': ${marker}`,
    });

    it('are asked for by text, age and end in one call, and by buildset in one more', async () => {
      tables['buildsets'] = [forced(2, 'gearbridge m a')];
      tables['buildrequests'] = [request(7)];
      const query = { contains: 'gearbridge m ', after: 1 as never, unfinished: true, withRequests: true };
      expect(await client.master.buildsets(query)).to.deep.equal([
        {
          id: 2,
          marker: 'gearbridge m a',
          complete: false,
          requests: [{ id: 7, builder: 'Docs 3.x', complete: false, claimed: true }],
        },
      ]);
      expect(liar.seen[0]!.url).to.equal(
        '/api/v2/buildsets?field=bsid&field=reason&field=complete&bsid__gt=1&complete=false&reason__contains=gearbridge%20m%20',
      );
      expect(liar.seen[1]!.url).to.match(/^\/api\/v2\/buildrequests\?.*&buildsetid__in=2$/);
    });

    it('are held against the query, for a master may ignore it', async () => {
      tables['buildsets'] = [
        forced(1, 'gearbridge m a'),
        forced(4, 'gearbridge m b'),
        forced(3, 'gearbridge m c'),
        forced(5, 'gearbridge other d'),
        forced(6, 'gearbridge m e', true),
        { bsid: 7, complete: false, reason: 'rebuild' },
      ];
      const query = { contains: 'gearbridge m', after: 1 as never, unfinished: true, withRequests: false };
      expect((await client.master.buildsets(query)).map(({ id }) => id)).to.deep.equal([3, 4]);
      expect(liar.seen).to.have.length(1);
    });

    it('are found whatever the owner is called', () => {
      const marker = 'gearbridge gate.example.org 0123456789abcdef 1 vote 0123456789abcdef 01234567';
      for (const owner of ['gate', "o'brien", "x': y", '', 'A "B" <a@b.c>', "A build was forced by 'z': "]) {
        expect(markerOf(`A build was forced by '${owner}': ${marker}`)).to.equal(marker);
      }
      expect(markerOf('rebuild')).to.equal('rebuild');
      expect(markerOf("A build was forced by 'gate'")).to.equal("A build was forced by 'gate'");
    });
  });

  it('are asked for in addresses shorter than 6 KB, each id once', () => {
    const many = Array.from({ length: 2000 }, (_, n) => 1_000_000_000 + n);
    const queries = chunkedQueries('buildrequestid', many);
    expect(Math.max(...queries.map(({ length }) => length))).to.be.lessThan(5600);
    const found = queries.flatMap((query) => [...query.matchAll(/__in=(\d+)/g)].map(([, id]) => Number(id)));
    expect(found).to.deep.equal(many);
    expect(chunkedQueries('buildrequestid', [])).to.deep.equal([]);
  });
});
