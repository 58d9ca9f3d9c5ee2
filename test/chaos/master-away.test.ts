// A real Buildbot that nobody can reach for two minutes, while it goes on building.

import { expect } from 'chai';
import { endOf, summaryOf } from '../stories/ending.ts';
import { change } from '../stories/gate.ts';
import { openScene, type Scene } from '../stories/scene.ts';
import { until } from '../until.ts';

const away = 120_000;

describe('a Buildbot that is away for two minutes', function () {
  this.timeout(300_000);
  let scene: Scene;

  before(async () => {
    scene = await openScene({});
    await scene.gate.start();
    await scene.gate.ready();
  });
  after(() => scene.close());

  it('costs no job its verdict and makes no second request, neither of one that runs nor of one that comes meanwhile (rules 2.3, 4.4, 5.1)', async () => {
    await scene.steer('before', 'slow', 10);
    const before = await scene.client.submit('build:pair', change('before'));
    await scene.running('before', 2);
    scene.proxy.refuse();
    scene.proxy.cut('rst');
    const begun = performance.now();
    const meanwhile = await scene.client.submit('build:pair', change('meanwhile'));
    const words = (): readonly string[] =>
      [before, meanwhile].flatMap(({ packets }) =>
        packets.map(({ name }) => name).filter((name) => /^WORK_(COMPLETE|FAIL|EXCEPTION)$/.test(name)),
      );
    await until(() => words().length > 0 || performance.now() - begun > away, {
      within: 2 * away,
      what: 'two minutes to pass without an end',
    });
    expect(words()).to.deep.equal([]);
    await scene.proxy.accept();

    for (const job of [before, meanwhile])
      expect(await endOf(scene.gate, job), summaryOf(job)).to.equal('SUCCESS');
    for (const name of ['before', 'meanwhile'])
      expect((await scene.requests(name)).map(({ builds }) => builds.length)).to.deep.equal([1, 1]);
  });
});
