// Style, script and icon under names that change with their contents, so that a browser may keep them.

import { createHash } from 'node:crypto';
import { liveScript } from './live-script.ts';
import { jsonError, type Reply } from './reply.ts';
import { icon, style } from './style.ts';

function named(text: string, ending: string): string {
  return `${createHash('sha256').update(text).digest('hex').slice(0, 12)}.${ending}`;
}

export const assetNames = {
  style: named(style, 'css'),
  script: named(liveScript, 'js'),
  icon: named(icon, 'svg'),
};

const assets = new Map<string, Pick<Reply, 'type' | 'body'>>([
  [assetNames.style, { type: 'css', body: style }],
  [assetNames.script, { type: 'script', body: liveScript }],
  [assetNames.icon, { type: { contentType: 'image/svg+xml' }, body: icon }],
]);

/** The asset of this name, or 404. */
export function asset(name: string): Reply {
  const found = assets.get(name);
  if (found === undefined) return jsonError(404, 'There is nothing at this address.');
  return { status: 200, ...found, headers: { 'cache-control': 'public, max-age=86400, immutable' } };
}
