// The one way HTML is written: a tagged template that escapes whatever it is given, except pieces that it made itself.

import { visible } from '../views/text.ts';

const made: unique symbol = Symbol('html');
/** A piece of HTML that this file has made. */
export interface Html {
  readonly [made]: string;
}

export type Content = Html | string | number | null | readonly Content[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function isHtml(content: object): content is Html {
  return made in content;
}

function written(content: Content): string {
  if (content === null) return '';
  if (typeof content === 'string') return visible(content).replace(/[&<>"']/g, (one) => entities[one] ?? one);
  if (typeof content === 'number') return String(content);
  if (isHtml(content)) return content[made];
  return content.map(written).join('');
}

/** `html\`<p>${text}</p>\``: text is escaped (in quoted attributes as well), control characters are made visible, null is nothing. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  const whole = parts.reduce(
    (before, part, index) => `${before}${written(contents[index - 1] ?? null)}${part}`,
  );
  return { [made]: whole };
}

const tab = ' '.repeat(8);

/** Lines as they stand in a `<pre>`. (In a template the formatter would take a line break for a blank.) */
export function preformatted(lines: readonly string[]): Html {
  return { [made]: lines.map((line) => written(line.trimEnd().replaceAll('\t', tab))).join('\n') };
}

/** The finished text, to be sent. */
export function render(page: Html): string {
  return page[made];
}
