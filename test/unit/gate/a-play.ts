// A course of random moves against a Buildbot in miniature, held at each step to what must always be true.

import { expect } from 'chai';
import fc from 'fast-check';
import type { Effect } from '../../../src/gate/effect.ts';
import type { RunEvent } from '../../../src/gate/event.ts';
import type { Job } from '../../../src/gate/job.ts';
import { isOver, isUndecided, type Run } from '../../../src/gate/run.ts';
import { attemptEdges, runEdges, type Edge } from './a-diagram.ts';
import { ends, Master } from './a-master.ts';
import { expectExcused } from './excused.ts';
import {
  aBinding,
  aBuild,
  aJob,
  aPlanned,
  aRun,
  commit,
  Course,
  hour,
  ids,
  linux,
  minute,
  name,
  second,
  windows,
} from './a-run.ts';

const debian = name('debian');
const extra = name('extra');
const plan = [
  aPlanned('linux', 'voting', 'linux'),
  aPlanned('debian', 'voting', 'linux'),
  aPlanned('windows'),
  aPlanned('extra', 'advisory'),
];
const everybody = new Set([linux, debian, windows, extra]);

const kinds = [
  ...[
    'carry',
    'carry',
    'carry',
    'carry',
    'carry',
    'poll',
    'poll',
    'time',
    'time',
    'claim',
    'claim',
    'finish',
  ],
  ...[
    'finish',
    'badly',
    'badly',
    'badly',
    'merge',
    'late',
    'again',
    'event',
    'away',
    'up',
    'absent',
    'present',
    'waits',
  ],
  ...['restart', 'lose', 'leave', 'bind', 'attach', 'detach', 'junk'],
] as const;

const measuring = [
  ...['carry', 'carry', 'carry', 'carry', 'well', 'well', 'well', 'poll', 'poll', 'time', 'claim', 'claim'],
  ...[
    'claim',
    'red',
    'red',
    'finish',
    'finish',
    'finish',
    'badly',
    'merge',
    'late',
    'again',
    'restart',
    'absent',
  ],
] as const;

interface Move {
  readonly kind: (typeof kinds)[number] | (typeof measuring)[number];
  readonly pick: number;
}

function movesOf(names: readonly Move['kind'][]): fc.Arbitrary<Move[]> {
  const move = fc.record(
    { kind: fc.constantFrom(...names), pick: fc.nat({ max: 1000 }) },
    { noNullPrototype: true },
  );
  return fc.array(move, { minLength: 5, maxLength: 120, size: 'max' });
}
/** Courses with every kind of trouble. */
export const troubled = movesOf(kinds);
/** Courses in which tests fail and are measured, with little trouble beside. */
export const measured = movesOf(measuring);

/** A course with its Buildbot, held to what must always be true. */
export class Play {
  readonly master = new Master();
  readonly course: Course;
  readonly told: RunEvent[] = [];
  /** Sendings of a builder and ordinal that may have reached Buildbot. */
  private readonly sent = new Set<string>();
  connections = 1;

  constructor() {
    this.course = new Course(aRun()).see({ present: everybody });
    this.course.reads = null;
    this.course.start(plan, { linux: 1, windows: 1 });
    this.note(this.course.effects);
  }

  private note(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind !== 'force') continue;
      for (const builder of effect.builders) {
        const sending = `${builder} ${effect.ordinal}`;
        expect(this.sent.has(sending), `sent twice: ${sending}`).to.equal(false);
        this.sent.add(sending);
      }
    }
  }

  tell(event: RunEvent, elapsed = 0): void {
    const before = this.course.run;
    const known = this.course.effects.length;
    this.note(this.course.tell(event, elapsed));
    if (this.told.length < 200) this.told.push(event);
    this.check(before, this.course.run);
    const ids = this.course.effects.slice(known).map((effect) => effect.id);
    for (const id of ids) expect(id).to.be.at.least(before.nextEffect);
    expect(new Set(ids).size).to.equal(ids.length);
  }

  private check(before: Run, after: Run): void {
    if (before.verdict !== null) expect(after.verdict).to.deep.equal(before.verdict);
    if (!isUndecided(before)) expect(after.phase).to.equal(before.phase);
    if (before.verdict === null && after.verdict?.word === 'SUCCESS') this.checkSuccess(after);
    for (const job of before.jobs) {
      const now = after.jobs.find((each) => each.number === job.number);
      if (job.answer !== null) expect(now?.answer).to.deep.equal(job.answer);
    }
  }

  /** Promise 3 of DESIGN.md section 2, against the truth. */
  private checkSuccess(run: Run): void {
    const passed: string[] = [];
    for (const builder of plan.filter((each) => each.counts === 'voting')) {
      const votes = run.attempts.filter((attempt) => attempt.builder === builder.name);
      const last = votes.at(-1);
      if (last?.outcome?.kind === 'unheard') {
        expect(this.master.began(builder.name), `${builder.name} began`).to.equal(false);
        expect(run.verdict?.summary).to.contain('withdrawn: ').and.to.contain(builder.name);
        continue;
      }
      const state = run.verdict?.builders.find((each) => each.name === builder.name)?.state;
      if (state === 'forgiven' || state === 'withdrawn') {
        expectExcused(run, this.master, { builder: builder.name, state });
        if (state === 'forgiven') passed.push(builder.platform);
        continue;
      }
      const truth = this.master.requests.find((request) => request.id === last?.request);
      const build = truth?.builds.at(-1);
      expect(truth).to.include({ builder: builder.name, marker: last?.marker });
      expect(build?.revision).to.equal(commit);
      expect(build?.results).to.be.oneOf([0, 1]);
      for (const each of truth?.builds ?? [])
        expect(each.steps?.every((step) => step.results === 0 || step.results === 1)).to.equal(true);
      expect(build?.steps).to.have.length(1);
      passed.push(builder.platform);
    }
    expect(passed).to.include('linux').and.include('windows');
  }

  /** Carries one effect out well, or so that nobody knows what came of it. */
  carry(effect: Effect, way: number): void {
    if (effect.kind === 'force' && way >= 4) {
      this.forceBadly(effect, way);
      return;
    }
    if (effect.kind === 'answer' && way >= 6) {
      this.tell({ kind: 'answered', effect: effect.id, delivery: way === 6 ? 'lost' : 'unconfirmed' });
      return;
    }
    if ((effect.kind === 'cancel' || effect.kind === 'stop') && way === 7) {
      this.tell({ kind: 'control-result', effect: effect.id, outcome: 'forbidden' });
      return;
    }
    const event = way === 5 ? null : this.master.carry(effect);
    this.tell(event ?? { kind: 'effect-ended', effect: effect.id });
  }

  private forceBadly(effect: Extract<Effect, { kind: 'force' }>, way: number): void {
    if (way === 4) this.master.make(effect);
    if (way === 5) this.master.delayed.push(effect);
    if (way === 6) {
      for (const builder of effect.builders) this.sent.delete(`${builder} ${effect.ordinal}`);
      // Nothing left us: the master is away for a moment, as the daemon would see it.
      this.course.see({ buildbot: 'away' });
      this.tell({ kind: 'force-result', effect: effect.id, result: { kind: 'not-sent', why: 'refused' } });
      return;
    }
    if (way === 7) this.tell({ kind: 'effect-ended', effect: effect.id });
    else this.tell({ kind: 'force-result', effect: effect.id, result: { kind: 'unclear', why: 'cut' } });
  }

  poll(): void {
    this.tell({ kind: 'seen', requests: this.master.listing() });
  }

  move({ kind, pick }: Move): void {
    doings[kind](this, pick);
  }

  /** The job that is meant by a number. */
  job(pick: number): Job {
    const { jobs } = this.course.run;
    return jobs[pick % jobs.length] ?? aJob('nobody');
  }

  binding() {
    return aBinding({ connection: ids.connection(`c${++this.connections}`) });
  }

  junk(pick: number): void {
    const effect = ids.effect(pick % 60);
    const request = ids.request(999_999);
    const known = this.course.run.effects.some((each) => each.id === effect);
    const found = [{ builder: linux, marker: 'x' as never, buildset: ids.buildset(1), request }];
    const junk: readonly RunEvent[] = [
      { kind: 'build-seen', request, build: aBuild(), effect: ids.effect(999_999) },
      { kind: 'request-completed', request },
      { kind: 'build-grew', request, build: ids.build(1) },
      { kind: 'detached', number: ids.number('nobody'), why: 'x' },
      { kind: 'bound', number: ids.number('nobody'), binding: aBinding() },
      { kind: 'described', number: ids.number('nobody'), text: 'x' },
      { kind: 'connection-lost', connection: ids.connection('nowhere') },
      { kind: 'force-result', effect, result: { kind: 'forced', buildset: ids.buildset(1), requests: [] } },
      { kind: 'search-result', effect, found },
      { kind: 'adoption', effect, found },
      { kind: 'vacancy-result', effect, vacant: true },
      { kind: 'audit-result', effect, began: false },
      { kind: 'control-result', effect, outcome: 'forbidden' },
      { kind: 'answered', effect, delivery: 'confirmed' },
      { kind: 'announced', effect },
      { kind: 'effect-ended', effect },
    ];
    const event = junk[pick % junk.length];
    // The outcome of an effect that is awaited is no junk: it would be a lie.
    if (event !== undefined && !known) this.tell(event);
  }

  /** From now on all goes well, and time passes; how long it takes until the run is over. */
  settle(step: number): number {
    this.course.see({ buildbot: 'up', present: everybody, functionWaits: false });
    for (let passed = 0; passed < 40 * hour; passed += step) {
      for (let round = 0; round < 3; round++) {
        for (const effect of this.course.run.effects) this.carry(effect, 0);
        this.master.claim(0);
        this.master.finish(0, ends[0]!);
        this.poll();
      }
      if (isOver(this.course.run)) return passed;
      this.tell({ kind: 'poke' }, step);
    }
    return Infinity;
  }

  /** Nothing comes back any more; only time passes. */
  abandon(): number {
    this.course.see({ buildbot: 'away', functionWaits: false });
    for (let passed = 0; passed < 40 * hour; passed += 30 * minute) {
      if (isOver(this.course.run)) return passed;
      this.tell({ kind: 'poke' }, 30 * minute);
    }
    return Infinity;
  }
}

/** What the diagram allows in one step: a way along its edges, for a step may do several things that are due. */
function ways(name: string, edges: readonly Edge[]): readonly string[] {
  const nodes = [...new Set(edges.flatMap(({ from, to }) => [from, to]))];
  const reached = (from: string, seen: ReadonlySet<string>): ReadonlySet<string> => {
    const next = edges.filter((edge) => seen.has(edge.from) || edge.from === from).map(({ to }) => to);
    const all = new Set([...seen, ...next]);
    return all.size === seen.size ? seen : reached(from, all);
  };
  return nodes.flatMap((from) => [...reached(from, new Set())].map((to) => `${name} ${from} ${to}`));
}
/** What may follow what, by the diagram. */
export const drawnEdges = new Set([...ways('run', runEdges), ...ways('attempt', attemptEdges)]);

/** What each move does; `pick` chooses among what there is. */
const doings: Readonly<Record<Move['kind'], (play: Play, pick: number) => void>> = {
  carry: (play, pick) => {
    const { effects } = play.course.run;
    const effect = effects[pick % Math.max(1, effects.length)];
    if (effect !== undefined) play.carry(effect, pick % 8);
  },
  poll: (play) => play.poll(),
  time: (play, pick) => {
    const elapsed = [second, 10 * second, minute, 20 * minute, 5 * hour][pick % 5];
    play.tell({ kind: 'poke' }, elapsed);
  },
  claim: ({ master }, pick) => master.claim(pick),
  finish: ({ master }, pick) => master.finish(pick, ends[0]!),
  badly: ({ master }, pick) => master.finish(pick, ends[pick % ends.length]!),
  well: (play) => {
    for (const effect of play.course.run.effects) play.carry(effect, 0);
  },
  red: ({ master }, pick) => master.finish(pick, ends[pick % 5 === 0 ? 1 : 2]!),
  merge: ({ master }, pick) => master.merge(pick),
  late: ({ master }) => {
    for (const call of master.delayed.splice(0)) master.make(call);
  },
  again: (play, pick) => {
    const event = play.told[pick % Math.max(1, play.told.length)];
    // A job is taken in once: the intake matches it. All else may come late and twice.
    if (event !== undefined && event.kind !== 'attached' && event.kind !== 'bound') play.tell(event);
  },
  event: (play, pick) => {
    const { requests } = play.master;
    const request = requests[pick % Math.max(1, requests.length)];
    const build = request?.builds.at(-1);
    if (request?.complete === true) play.tell({ kind: 'request-completed', request: request.id });
    if (request === undefined || build === undefined) return;
    const attempt = play.course.run.attempts.find((each) => each.request === request.id);
    const missed = request.builds.slice(0, -1).some(({ id }) => {
      const known = attempt?.builds.find((each) => each.id === id);
      return known?.complete !== true;
    });
    // The socket had a gap; the daemon tells so before anything that comes after it.
    if (missed) play.tell({ kind: 'events-missed' });
    play.tell({ kind: 'build-seen', request: request.id, build, effect: null });
    play.tell({ kind: 'build-grew', request: request.id, build: build.id });
  },
  away: ({ course }) => void course.see({ buildbot: 'away' }),
  up: ({ course }) => void course.see({ buildbot: 'up' }),
  absent: ({ course }) => void course.see({ present: new Set([linux]) }),
  present: ({ course }) => void course.see({ present: everybody }),
  waits: ({ course }, pick) => void course.see({ functionWaits: [true, false, null][pick % 3]! }),
  restart: (play) => play.tell({ kind: 'restarted' }),
  lose: (play, pick) => {
    const connection = ids.connection(`c${1 + (pick % play.connections)}`);
    play.tell({ kind: 'connection-lost', connection });
  },
  leave: (play, pick) => {
    const binding = play.job(pick).bindings.at(-1);
    if (binding?.kind !== 'gearman') return;
    play.tell({ kind: 'client-left', connection: binding.connection, handle: binding.handle });
  },
  bind: (play, pick) => play.tell({ kind: 'bound', number: play.job(pick).number, binding: play.binding() }),
  attach: (play) => {
    const { length } = play.course.run.jobs;
    if (length >= 4) return;
    const job = aJob(`u${length + 1}`, { bindings: [play.binding()] });
    play.tell({ kind: 'attached', job, replaces: null });
  },
  detach: (play, pick) => play.tell({ kind: 'detached', number: play.job(pick).number, why: 'dequeued' }),
  junk: (play, pick) => play.junk(pick),
};

/** A new course that has made these moves. */
export function play(list: readonly Move[]): Play {
  const course = new Play();
  for (const move of list) course.move(move);
  return course;
}
