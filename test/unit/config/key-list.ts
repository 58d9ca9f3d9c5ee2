// How the list of keys in config/README.md is written.

import { keyTable } from '../../../src/config/key-table.ts';

/** The list as a Markdown table, one line for each key. */
export function keyList(): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
  const rows = keyTable.map((entry) => {
    const value = entry.default === undefined ? '' : cell(entry.default);
    return `| \`${entry.key}\` | ${cell(entry.expects)} | ${value} | ${entry.reload} | ${cell(entry.about)} |`;
  });
  return ['| key | value | default | reload | for |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}
