// Each fault that a gate must live through, what is promised then, and the test that provokes it on real servers where there are any.

export interface Proof {
  /** Below `test/`. */
  readonly file: string;
  /** How the title of the test ends. */
  readonly title: string;
}

export interface Goal extends Proof {
  readonly fault: string;
  readonly promise: string;
  /** Further tests of a fault that has several forms. */
  readonly also?: readonly Proof[];
}

/** Every test that a goal names. */
export function proofsOf({ file, title, also = [] }: Goal): readonly Proof[] {
  return [{ file, title }, ...also];
}

const refusing = (what: string): Proof => ({
  file: 'stories/redis-trouble.test.ts',
  title: `${what} takes no job, lets what runs end, and settles both afterwards (rule 2.3)`,
});

export const goals: readonly Goal[] = [
  {
    fault: 'kill -9 at any instant',
    promise: 'nothing lost, no request twice, no false SUCCESS; npm run crash kills at each journalled point',
    file: 'stories/crash.test.ts',
    title: 'gives a good change its SUCCESS, with one build request for each builder (rule 1.5)',
  },
  {
    fault: 'SIGTERM in mid-job',
    promise: 'ends within 5 s, stops nothing at Buildbot, the next process goes on',
    file: 'stories/restart.test.ts',
    title:
      'ends with 0 within 5 s of SIGTERM, stops nothing at Buildbot, and the next process goes on (rule 9.5)',
  },
  {
    fault: 'Gearman server silent, connection half open',
    promise: 'noticed within 25 s and connected anew',
    file: 'contract/gearman/defects.test.ts',
    title: 'notices a server that is silent though its connection stands, and makes a new one (defect 10)',
  },
  {
    fault: 'Buildbot master killed or restarted',
    promise: 'no negative verdict; a RETRY is followed to its successor',
    file: 'stories/trouble.test.ts',
    title: 'follows a build to its successor where the master is killed (rule 5.3)',
  },
  {
    fault: 'WebSocket gone, events missed, doubled or out of order',
    promise: 'the same verdict, at most one poll later',
    file: 'stories/trouble.test.ts',
    title: 'has its verdict by asking, later, where no event comes through (rule 1.5)',
  },
  {
    fault: 'answer to a force call lost after the commit',
    promise: 'found by its marker, never forced twice',
    file: 'contract/buildbot/gate-user.test.ts',
    title: 'is found though the answer to the force call was lost (rule 4.2)',
  },
  {
    fault: 'HTTP slow, hanging, cut, endless, 429, 5xx or a page of a proxy',
    promise: 'a deadline for each call, and slow reads hold up no stop',
    file: 'unit/buildbot/http.test.ts',
    title: 'does not let slow reads hold up a stop',
  },
  {
    fault: 'Redis killed, full, a replica, loading, failing over, or without its last second',
    promise:
      'no job is taken meanwhile; what runs and what waits is settled once it is back, nothing is sent twice',
    file: 'stories/instances.test.ts',
    title: 'take no job while Redis is away, and settle what runs and what waits once it is back (rule 2.3)',
    also: [
      ...['has no memory left', 'is a replica', 'loads its data after a kill -9'].map(refusing),
      {
        file: 'stories/redis-trouble.test.ts',
        title:
          'takes jobs again within 15 s at the new one, and settles what ran with no second request (rule 9.9)',
      },
      {
        file: 'stories/redis-trouble.test.ts',
        title:
          'has lost a run that it had acknowledged goes on with it, and asks for no build again (rule 4.4)',
      },
      {
        file: 'stories/redis-trouble.test.ts',
        title:
          'has lost a run while the daemon was killed finds its builds at Buildbot by their marker (rule 4.4)',
      },
      {
        file: 'stories/redis-trouble.test.ts',
        title:
          'has lost the end of a run has its verdict found once more, without a build or an answer, and its slot is free (rules 2.5, 9.9)',
      },
    ],
  },
  {
    fault: 'two instances, one of them paused',
    promise: 'the writes of the one that lost its runs are refused, and no job is lost',
    file: 'stories/instances.test.ts',
    title:
      'refuse the writes of one that was paused while the other took over, and lose no job of it (rule 9.9)',
  },
  {
    fault: 'wall clock jumps by a day, forward and back',
    promise: 'no verdict changes, nothing is sent twice, no clock ends',
    file: 'stories/clock.test.ts',
    title: 'a day forward and two back changes no verdict, sends nothing twice and ends no clock (rule 5.1)',
  },
  {
    fault: 'disk full',
    promise: 'reads go on, writes are refused and go on when there is room',
    file: 'contract/store/level.test.ts',
    title: 'takes writes again when the disk has room again, and can be read meanwhile (rule 2.3)',
  },
  {
    fault: 'worker killed in the test step',
    promise: 'the second build of the request counts',
    file: 'stories/trouble.test.ts',
    title: 'passes by the second build where a worker is killed in the test step (rule 5.3)',
  },
  {
    fault: 'log gone, missing or cut',
    promise: 'classed by what is there, in doubt, and nothing is excused',
    file: 'unit/daemon/read-build.test.ts',
    title: 'doubts a step whose log is deleted, missing or cut',
  },
  {
    fault: 'hostile parameters and answers',
    promise: 'refused in one line; npm run fuzz feeds nine million',
    file: 'fuzz/fuzz.test.ts',
    title: 'of every kind breaks nothing and leaves nothing behind (short form of npm run fuzz)',
  },
  {
    fault: 'wrong configuration at a reload',
    promise: 'the one from before stays in force, and status says so',
    file: 'stories/reload.test.ts',
    title: 'of a wrong file changes nothing, and status says so until the file is mended',
  },
];
