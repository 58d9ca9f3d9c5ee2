// Which builders and workers the stand-in has: the test fleet of src/servers/buildbot, or cheap ones alone.

export interface Builder {
  readonly id: number;
  readonly name: string;
  readonly tags: readonly string[];
  readonly worker: string;
  /** Builds that its worker does at once. */
  readonly atOnce: number;
  /** What its factory is like. */
  readonly factory: 'usual' | 'docs' | 'bench';
  /** Its test step takes the one lock of the rack. */
  readonly rack: boolean;
}

/** Nobody ever starts this worker. */
export const offlineWorkers: ReadonlySet<string> = new Set(['ubuntu-riscv64']);

type Line = readonly [name: string, worker: string, tags: string];

const testFleet: readonly Line[] = [
  ['AMD64 Debian 3.x', 'debian-amd64', '3.x stable tier-1'],
  ['AMD64 Windows 3.x', 'windows-amd64', '3.x stable tier-1'],
  ['ARM64 macOS 3.x', 'macos-arm64', '3.x stable tier-2'],
  ['PPC64LE Fedora Stable 3.x', 'fedora-ppc64le', '3.x stable tier-2'],
  ['x86 FreeBSD 3.x', 'freebsd-x86', '3.x stable tier-3'],
  ['AMD64 Debian Refleaks 3.x', 'debian-amd64', '3.x stable tier-1 refleak'],
  ['Docs 3.x', 'debian-amd64', '3.x stable docs'],
  ['AMD64 Fedora Rawhide 3.x', 'rawhide-amd64', '3.x unstable tier-1'],
  ['RISC-V 64-bit Ubuntu 3.x', 'ubuntu-riscv64', '3.x unstable tierless'],
  ['AMD64 Debian PR', 'debian-amd64', 'PullRequest stable tier-1'],
];
const rack: ReadonlySet<string> = new Set(['ARM64 macOS 3.x', 'x86 FreeBSD 3.x']);

export interface FleetOptions {
  /** Instead of the test fleet so many cheap builders, `Bench 01 3.x` and on. */
  readonly builders?: number;
  /** Builds that each of those does at once; default: 1. */
  readonly atOnce?: number;
}

/** The builders, numbered from 1. */
export function fleetOf({ builders, atOnce = 1 }: FleetOptions): readonly Builder[] {
  if (builders === undefined) {
    return testFleet.map(([name, worker, tags], at) => ({
      ...{ id: at + 1, name, worker, tags: tags.split(' '), atOnce: 1 },
      ...{ factory: name.startsWith('Docs') ? 'docs' : 'usual', rack: rack.has(name) },
    }));
  }
  return Array.from({ length: builders }, (_none, at) => {
    const number = String(at + 1).padStart(2, '0');
    return {
      ...{ id: at + 1, name: `Bench ${number} 3.x`, worker: `bench-${number}`, atOnce, rack: false },
      ...{ tags: ['3.x', 'stable', 'bench'], factory: 'bench' },
    };
  });
}

/** A builder's name as scenarios and change hooks may write it. */
export function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
