// The gatekeeper describes a job in HTML (GATEKEEPER.md 2.5). Nobody's HTML is shown: it becomes text, once, here.

import { oneLine } from './text.ts';

/** Characters of a description that are read, and that are shown. */
const readBound = 8_000;
const shownBound = 2_000;

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  nbsp: ' ',
};

/** The text of a piece of HTML: tags taken off, the five usual entities read, one bounded line. */
export function plainText(html: string): string {
  const bare = html
    .slice(0, readBound)
    .replace(/<[^<>]*>/g, ' ')
    .replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (whole, name: string) => entities[name] ?? whole);
  return oneLine(bare, shownBound);
}
