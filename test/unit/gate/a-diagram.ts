// Every way from one phase of a run, and from one state of an attempt, to the next, and why. The diagram of src/gate/README.md is
// drawn from this; a test holds it against the code.

export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly cause: string;
}

export const runEdges: readonly Edge[] = [
  { from: '[*]', to: 'waiting', cause: 'a job is taken in' },
  { from: 'waiting', to: 'started', cause: 'a slot is free and the plan stands' },
  { from: 'waiting', to: 'decided', cause: 'refused, or its 8 h are over' },
  { from: 'waiting', to: 'stopped', cause: 'its last job left, or its grace is over' },
  {
    from: 'started',
    to: 'decided',
    cause: 'every vote has its outcome and ruling, or refused, or its 8 h are over',
  },
  { from: 'started', to: 'stopped', cause: 'its last job left, or its grace is over' },
];

export const attemptEdges: readonly Edge[] = [
  { from: '[*]', to: 'intended', cause: 'planned, the one before came to nothing, or a failure is measured' },
  { from: 'intended', to: 'queued', cause: 'the reply names its request, or it is adopted' },
  { from: 'intended', to: 'unclear', cause: 'no clear reply, or a restart while it was sent' },
  {
    from: 'intended',
    to: 'ended',
    cause: 'refused, held back until a clock ran out, or not needed any more',
  },
  { from: 'unclear', to: 'queued', cause: 'its marker is found' },
  { from: 'unclear', to: 'ended', cause: 'its marker is absent, or found without its builder' },
  { from: 'queued', to: 'running', cause: 'claimed' },
  { from: 'queued', to: 'ended', cause: 'complete, a clock ran out, or the run is over' },
  { from: 'running', to: 'queued', cause: 'a RETRY, unclaimed again' },
  { from: 'running', to: 'ended', cause: 'its build ended, a clock ran out, or the run is over' },
  { from: 'ended', to: 'running', cause: 'it was unheard of, and a build began' },
];

/** The table as mermaid draws it. */
export function drawn(edges: readonly Edge[]): string {
  const lines = edges.map(({ from, to, cause }) => `  ${from} --> ${to}: ${cause}`);
  return ['```mermaid', 'stateDiagram-v2', ...lines, '```'].join('\n');
}
