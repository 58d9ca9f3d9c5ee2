import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { playCampaign } from './campaign.ts';
import { playCourse, type Play } from './course.ts';
import { drawPlan, type Plan } from './plan.ts';
import { defects } from './sabotage.ts';

const honest: Play = { defect: null, traced: false };

interface Regression {
  readonly found: string;
  readonly plan: Plan;
}

const regressions = JSON.parse(
  readFileSync(new URL('seeds.json', import.meta.url), 'utf8'),
) as readonly Regression[];

/** Ids of ours are drawn anew in each life; the course is the same. */
function nameless(trace: readonly string[]): readonly string[] {
  return trace.map((line) => line.replace(/[0-9a-f]{8,}/g, 'id'));
}

describe('the daemon in the simulated world (short form of npm run simulate)', function () {
  // Half a minute on a quiet machine; others may want it as well.
  this.timeout(300_000);

  it('keeps its promises in courses with crashes, lost answers and whatever else goes wrong', async () => {
    const campaign = await playCampaign({ seed: 1, jobs: 500, enough: 1 }, honest);
    expect(campaign.broken.flatMap(({ plan, broken }) => [plan.seed, ...broken])).to.deep.equal([]);
    expect(campaign.words['SUCCESS'] ?? 0).to.be.greaterThan(50);
    expect(Object.keys(campaign.hits).length).to.be.greaterThan(20);
  });

  it('plays the same course again from the same seed', async () => {
    const traced: Play = { defect: null, traced: true };
    const [first, second] = [
      await playCourse(drawPlan(104), traced),
      await playCourse(drawPlan(104), traced),
    ];
    expect(first.trace.length).to.be.greaterThan(100);
    expect(nameless(second.trace)).to.deep.equal(nameless(first.trace));
  });

  for (const { found, plan } of regressions) {
    it(`keeps its promises in seed ${plan.seed}, where ${found}`, async () => {
      expect((await playCourse(plan, honest)).broken).to.deep.equal([]);
    });
  }

  it('finds clocks that stand still by what is shown of a job, and not only by its end (rule 5.1)', async () => {
    const defect = defects['clocks-stand-still'] ?? expect.fail('no such defect');
    const { broken } = await playCampaign({ seed: 9000, jobs: 400, enough: 1 }, { defect, traced: false });
    expect(broken.flatMap((course) => course.broken.map(({ promise }) => promise))).to.include('no silence');
  });

  for (const name of [
    'number-changes',
    'forget-a-builder',
    'no-search',
    'an-empty-result',
    'forgive-without-measuring',
    'a-failed-measure-is-clean',
  ]) {
    it(`finds the planted defect ${name}`, async () => {
      const defect = defects[name] ?? expect.fail(`no defect ${name}`);
      const { broken } = await playCampaign({ seed: 5000, jobs: 400, enough: 1 }, { defect, traced: false });
      expect(broken).to.have.length(1);
    });
  }
});
