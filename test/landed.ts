// A commit that lands: the master builds it by itself, as a base build, and nobody forces it.

import type { Buildbot } from '../src/servers/buildbot.ts';

export interface Landed {
  readonly builder: string;
  readonly revision: string;
  readonly branch?: string;
  readonly scenario?: string;
}

/** Tells the master of a change; it makes one build of that builder. */
export async function land(buildbot: Pick<Buildbot, 'url'>, change: Landed): Promise<void> {
  const { builder, revision, branch = 'main', scenario = 'pass' } = change;
  const form = new URLSearchParams({
    category: builder
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, ''),
    branch,
    revision,
    repository: 'https://git.example.invalid/cpython.git',
    project: 'cpython',
    author: 'dev@example.invalid',
    comments: 'landed',
    properties: JSON.stringify({ scenario }),
  });
  const answer = await fetch(`${buildbot.url}change_hook/base`, { method: 'POST', body: form });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`the change hook answered ${answer.status}: ${text.slice(0, 200)}`);
}
