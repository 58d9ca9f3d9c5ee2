import { expect } from 'chai';
import fc from 'fast-check';
import type { Config } from '../../../src/config/config.ts';
import { differences, reloaded, type Difference } from '../../../src/config/differences.ts';
import { plain } from '../../../src/config/effective.ts';
import { keyTable } from '../../../src/config/key-table.ts';
import { folder, good, type Folder } from './sample.ts';

/** What to replace in the file, by what, and the differences as `key before after`. */
type Row = readonly [title: string, from: string, to: string, lines: readonly string[]];

const rows: readonly Row[] = [
  ['a number', 'policies:', 'max_jobs: 3\npolicies:', ['max_jobs: 1 -> 3 live']],
  [
    'entries of a list one by one',
    'unstable: []',
    'unstable: ["rawhide-*", "odd"]',
    ['fleet.unstable: null -> "rawhide-*" live', 'fleet.unstable: null -> "odd" live'],
  ],
  ['an entry that went', 'stable: ["debian-*"]', 'stable: []', ['fleet.stable: "debian-*" -> null live']],
  [
    'the order of platforms, for the first that matches counts',
    '{ linux: ["*Debian*"], windows: ["*Windows*"] }',
    '{ windows: ["*Windows*"], linux: ["*Debian*"] }',
    ['fleet.platforms: ["linux","windows"] -> ["windows","linux"] live'],
  ],
  [
    'a key of a job under the name of the job',
    'builders: { tags: ["3.x"] }',
    'builders: { tags: ["3.x", "stable"] }',
    ['jobs[gate].builders.tags: null -> "stable" live'],
  ],
  [
    'a duration as people write it',
    'coverage: { linux: 1 }',
    'coverage: { linux: 2 }\n    deadlines: { run: 2h }',
    ['policies.gate.coverage.linux: 1 -> 2 live', 'policies.gate.deadlines.run: "8h" -> "2h" live'],
  ],
  [
    'what needs a restart',
    'http://127.0.0.1:8010',
    'http://127.0.0.1:8011',
    ['buildbot.url: "http://127.0.0.1:8010/" -> "http://127.0.0.1:8011/" restart'],
  ],
];

function line({ key, before, after, reload }: Difference): string {
  return `${key}: ${before} -> ${after} ${reload}`;
}

describe('the differences of two configurations', () => {
  let place: Folder;
  let config: Config;
  const load = async (text: string): Promise<Config> => {
    const result = await place.load(text);
    if (result.kind === 'refused') throw new Error(JSON.stringify(result.findings));
    return result.config;
  };
  before(async () => {
    place = await folder();
    config = await load(good);
  });
  after(() => place.dispose());

  it('are none between a file and itself', async () => {
    expect(differences(plain(config), plain(await load(good)))).to.deep.equal([]);
  });

  for (const [title, from, to, lines] of rows) {
    it(`name ${title}`, async () => {
      const other = await load(good.replace(from, to));
      expect(differences(plain(config), plain(other)).map(line)).to.deep.equal(lines);
    });
  }

  it('name a job that came and one that went whole', async () => {
    const other = await load(good.replace('name: gate', 'name: other'));
    const found = differences(plain(config), plain(other));
    expect(found.map(({ key, before, after }) => [key, before === null, after === null])).to.deep.equal([
      ['jobs[gate]', false, true],
      ['jobs[other]', true, false],
    ]);
  });

  it('are found for any values, and none for equal ones', () => {
    const word = fc.constantFrom('a', 'b', 'a b', 'c.d');
    const values = fc.record({ max_jobs: fc.integer({ min: 1, max: 9 }), list: fc.uniqueArray(word) });
    fc.assert(
      fc.property(values, values, (one, other) => {
        const made = (given: typeof one) => ({
          ...plain(config),
          max_jobs: given.max_jobs,
          signatures: given.list.join(),
        });
        const same = one.max_jobs === other.max_jobs && one.list.join() === other.list.join();
        expect(differences(made(one), made(other)).length === 0).to.equal(same);
      }),
    );
  });

  it('are taken by a reload where the table of keys says so, and kept back where it does not', async () => {
    const other = await load(
      good
        .replace('gate.example.org', 'other.example.org')
        .replace('"127.0.0.1:4730"', '"127.0.0.1:4731"')
        .replace(
          '8010" }',
          '8011", force_scheduler: x }\nstore: { path: /elsewhere }\nweb: { listen: "127.0.0.1:1" }\nmax_jobs: 9',
        ),
    );
    const left = differences(plain(reloaded(config, other)), plain(other));
    expect(left.map(({ reload }) => reload)).to.deep.equal(left.map(() => 'restart'));
    const tops = new Set(left.map(({ key }) => key.split(/[.[]/)[0]));
    const wanted = keyTable.filter(({ key, reload }) => reload === 'restart' && !key.includes('.'));
    expect([...tops]).to.have.members(wanted.map(({ key }) => key));
    expect(reloaded(config, other).maxJobs).to.equal(9);
  });
});
