// The marker: the reason of every buildset of ours, compared whole (RUNS.md 4.1). It is all that Buildbot keeps of who asked.

import type { Role } from './attempt.ts';
import type { Marker, RunId } from './ids.ts';

export interface MarkerParts {
  readonly manager: string;
  readonly run: RunId;
  readonly ordinal: number;
  readonly role: Role;
  /** First 16 hex digits of the SHA-256 of the content key. */
  readonly key: string;
  /** 8 random hex digits, new for each sending: a forgotten sending must not look like ours. */
  readonly nonce: string;
}

export function markerOf(parts: MarkerParts): Marker {
  const { manager, run, ordinal, role, key, nonce } = parts;
  return `gearbridge ${manager} ${run} ${ordinal} ${role} ${key} ${nonce}` as Marker;
}

/** What every marker of one manager begins with; searched for by the sweep (RUNS.md 4.3). */
export function markerPrefix(manager: string): string {
  return `gearbridge ${manager} `;
}

/** What every vote marker of one run begins with is this, then the ordinal (RUNS.md 5.5). */
export function runPrefix(manager: string, run: RunId): string {
  return `gearbridge ${manager} ${run} `;
}

const form =
  /^gearbridge ([A-Za-z0-9.-]{1,63}) ([0-9a-f]{16}) ([1-9][0-9]{0,8}) (vote|measure|control) ([0-9a-f]{16}) ([0-9a-f]{8})$/;

function isRole(text: string): text is Role {
  return text === 'vote' || text === 'measure' || text === 'control';
}

/** Takes a marker apart; null for any other reason, that of a *rebuild* included (RUNS.md 1.4). */
export function readMarker(reason: string): MarkerParts | null {
  const match = form.exec(reason);
  if (match === null) return null;
  const [, manager = '', run = '', ordinal = '', role = '', key = '', nonce = ''] = match;
  if (!isRole(role)) return null;
  return { manager, run: run as RunId, ordinal: Number(ordinal), role, key, nonce };
}
