// What can go wrong in an act, and what Buildbot may see of it.

/**
 * `sharp`: a death, or an answer or a connection that is lost. None of them may make a second build request. `blunt`: somebody is paused,
 * cut off or late, and acts on what is no longer so; Buildbot checks no token, so a second request may slip through, and must be found.
 */
export type Edge = 'sharp' | 'blunt';

export const faultKinds = {
  'daemon-killed': 'sharp',
  'daemon-ended': 'sharp',
  'gearmand-killed': 'sharp',
  'redis-killed': 'sharp',
  'redis-refuses': 'sharp',
  'disk-full': 'sharp',
  'master-killed': 'sharp',
  'master-restarted': 'sharp',
  'workers-killed': 'sharp',
  'gatekeeper-cut': 'sharp',
  'gearman-cut': 'sharp',
  'buildbot-cut': 'sharp',
  'redis-cut': 'sharp',
  'buildbot-refuses': 'sharp',
  'force-lost': 'sharp',
  'force-answer-lost': 'sharp',
  'force-answer-halved': 'sharp',
  'answers-halved': 'sharp',
  'answers-hang': 'sharp',
  'answers-502': 'sharp',
  'verdict-lost': 'sharp',
  'assignment-halved': 'sharp',
  'gearman-answer-lost': 'sharp',
  'redis-answer-lost': 'sharp',
  'daemon-frozen': 'blunt',
  'gearmand-frozen': 'blunt',
  'redis-frozen': 'blunt',
  'master-frozen': 'blunt',
  'no-way-to-buildbot': 'blunt',
  'no-way-to-gearmand': 'blunt',
  'no-way-to-redis': 'blunt',
  'no-way-anywhere': 'blunt',
  'force-late': 'blunt',
  'force-twice': 'blunt',
  'buildbot-slow': 'blunt',
  'gearman-slow': 'blunt',
  'clock-jumps': 'blunt',
} as const satisfies Readonly<Record<string, Edge>>;

export type FaultKind = keyof typeof faultKinds;

/** All kinds, in the order of the table. */
export const allKinds = Object.keys(faultKinds) as readonly FaultKind[];

const onlyWithRedis: ReadonlySet<FaultKind> = new Set([
  'redis-killed',
  'redis-refuses',
  'redis-cut',
  'redis-answer-lost',
  'redis-frozen',
  'no-way-to-redis',
]);

/** What can be done to an act: its kinds of faults. A blunt act has the sharp ones as well. */
export function kindsFor(edge: Edge, store: 'embedded' | 'redis'): readonly FaultKind[] {
  return allKinds.filter((kind) => {
    if (edge === 'sharp' && faultKinds[kind] === 'blunt') return false;
    if (store === 'redis') return kind !== 'disk-full';
    return !onlyWithRedis.has(kind);
  });
}
