// The builders of a run and what each counts for (RUNS.md section 3).

import { expect } from 'chai';
import type { Builder, WorkerName } from '../../../src/fleet/fleet.ts';
import { planRun } from '../../../src/gate/plan.ts';
import type { JobDefinition, Policy } from '../../../src/gate/request.ts';
import { aDefinition, aPolicy, hour, minute, name } from './a-run.ts';

function aBuilder(text: string, workers: readonly string[], tags: readonly string[] = ['3.x']): Builder {
  return {
    id: 1,
    name: name(text),
    tags,
    workers: workers.map((each) => ({
      name: each as WorkerName,
      connected: false,
      paused: false,
      graceful: false,
    })),
  };
}

const fleet = [
  aBuilder('AMD64 Debian', ['debian-1', 'debian-2']),
  aBuilder('AMD64 Windows', ['windows-1'], ['3.x', 'slow']),
  aBuilder('Rawhide', ['rawhide-1']),
  aBuilder('Mixed', ['debian-1', 'rawhide-1']),
  aBuilder('Empty', []),
];

function plan(
  builders: JobDefinition['builders'],
  policy: Partial<Policy> = {},
  stability = { stable: ['debian-*', 'windows-*', 'rawhide-*'], unstable: ['rawhide-*'] },
  usual: ReadonlyMap<string, number> = new Map(),
) {
  const platforms = { linux: ['*Debian*'], windows: ['*Windows*'] };
  return planRun(
    { definition: aDefinition({ builders }), policy: aPolicy(policy), stability, platforms, usual },
    fleet,
  );
}

function chosen(builders: JobDefinition['builders']): readonly string[] {
  const answer = plan(builders);
  return answer.kind === 'planned' ? answer.plan.builders.map((each) => each.name) : [];
}

describe('a plan', () => {
  it('holds the builders with all tags and any of the names, less those left out (rule 3.1)', () => {
    expect(chosen({ tags: ['3.x', 'slow'] })).to.deep.equal(['AMD64 Windows']);
    expect(chosen({ names: ['*Debian', 'Raw*'] })).to.deep.equal(['AMD64 Debian', 'Rawhide']);
    expect(chosen({ tags: ['slow'], names: ['*'] })).to.deep.equal(['AMD64 Windows']);
    expect(chosen({ tags: ['3.x'], exclude: ['*M*'] })).to.deep.equal([]);
    expect(chosen({ names: ['*'], exclude: ['R*', 'M*', 'E*'] })).to.deep.equal([
      'AMD64 Debian',
      'AMD64 Windows',
    ]);
  });

  it('lets a builder that is known build three times as long as it usually does, within bounds (rule 5)', () => {
    const longest = (usual: number): number | undefined => {
      const answer = plan({ names: ['AMD64 Debian'] }, {}, undefined, new Map([['AMD64 Debian', usual]]));
      return answer.kind === 'planned' ? answer.plan.builders[0]?.longest : 0;
    };
    expect(longest(hour)).to.equal(3 * hour);
    expect(longest(minute), 'never less than half an hour').to.equal(30 * minute);
    expect(longest(3 * hour), 'never more than the policy allows').to.equal(undefined);
  });

  it('that would be empty is CONFIG_ERROR and names the selectors (rule 3.1)', () => {
    const answer = plan({ tags: ['nope'], names: ['x*'] });
    expect(answer).to.include({ kind: 'refused', word: 'CONFIG_ERROR' });
    expect(answer.kind === 'refused' && answer.why).to.contain('tags ["nope"], names ["x*"]');
    expect(plan({})).to.include({ kind: 'refused', word: 'CONFIG_ERROR' });
  });

  it('lets a builder vote whose every worker is stable and none unstable, away or not (rule 3.2)', () => {
    const answer = plan({ names: ['*'] });
    expect(answer.kind === 'planned' && answer.plan.builders.map((each) => each.counts)).to.deep.equal([
      'voting',
      'voting',
      'advisory',
      'advisory',
      'advisory',
    ]);
  });

  it('without a voting builder is NO_COVERAGE (rule 3.2)', () => {
    expect(plan({ names: ['Rawhide', 'Empty'] })).to.include({ kind: 'refused', word: 'NO_COVERAGE' });
    expect(plan({ names: ['*'] }, {}, { stable: [], unstable: [] })).to.include({ word: 'NO_COVERAGE' });
  });

  it('asks for one builder of each platform of the voting ones (rule 3.4)', () => {
    const answer = plan({ names: ['*'] });
    expect(answer.kind === 'planned' && answer.plan.coverage).to.deep.equal({ linux: 1, windows: 1 });
  });

  it('makes a platform of its own of a builder that is in none (rule 3.4)', () => {
    const answer = plan({ names: ['Mixed', '*Debian'] }, {}, { stable: ['*'], unstable: [] });
    expect(answer.kind === 'planned' && answer.plan.coverage).to.deep.equal({ linux: 1, Mixed: 1 });
  });

  it("asks for the policy's own coverage, and is NO_COVERAGE at once where voters are too few (rule 3.4)", () => {
    const met = plan({ names: ['*'] }, { coverage: { linux: 1 } });
    expect(met.kind === 'planned' && met.plan.coverage).to.deep.equal({ linux: 1 });
    const short = plan({ names: ['*'] }, { coverage: { linux: 2 } });
    expect(short).to.include({ kind: 'refused', word: 'NO_COVERAGE' });
    expect(short.kind === 'refused' && short.why).to.contain('linux 1 of 2');
    expect(plan({ names: ['*'] }, { coverage: { macos: 1 } })).to.include({ word: 'NO_COVERAGE' });
  });
});
