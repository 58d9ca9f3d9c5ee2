// `kill -9` at the journalled steps: before the write, between the write and the effect, between the effect and its outcome. The
// steps are enumerated, not drawn: each course is played once to see which points come. Here the daemon is killed at the first of each kind
// and the last of each kind of write, or at those that are the course's own; `npm run crash` kills it at every one.

import { expect } from 'chai';
import { courses } from './crash-all.ts';
import { startCrashes, type Crashes } from './crash-lanes.ts';
import { oneOfEach } from './crash-points.ts';
import { missed, tableOf } from './crash-table.ts';

describe('a daemon that is killed at a journalled step', function () {
  this.timeout(300_000);
  let crashes: Crashes;

  before(() => {
    crashes = startCrashes(courses, ({ short }, points) => {
      if (short === undefined) return oneOfEach(points);
      return points.filter((point) => short?.test(point) === true);
    });
  });

  after(() => crashes.close());

  for (const course of courses) {
    it(course.promise, async () => {
      const rows = await crashes.rows(course);
      process.stdout.write(tableOf(course, rows));
      expect(rows.flatMap(({ faults }) => faults)).to.deep.equal([]);
      expect(missed(rows)).to.deep.equal([]);
    });
  }
});
