// When a call to Buildbot fails: does it mean that Buildbot is away?

import { BuildbotError } from '../buildbot/buildbot-error.ts';
import type { KnowledgeStore } from './knowledge.ts';

/** The sentence of an error. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A passing failure to reach it says that it is away until it answers again; a refusal of one call does not. */
export function noteTrouble(knowledge: KnowledgeStore, error: unknown): void {
  if (!(error instanceof BuildbotError) || error.retry !== 'transient') return;
  // Our own lanes may be full: that says nothing of the master.
  if (error.fault !== 'busy') knowledge.away(error.message);
}
