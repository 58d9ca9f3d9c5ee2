// What must never reach a terminal, a page or a log: the controls that act on who reads them, and markup that is not ours.

import { expect } from 'chai';
import { gearbridge } from './command-line.ts';
import type { Gate } from './gate.ts';

/** Marks that hostile texts of the tests carry; each begins something that a browser would act on. */
export const markup = ['<script>alert', '<img src=x', '<b>bold', '"><svg', '</title><'];

// All controls but the line end (and the tab, which tables and style sheets may have), and the overrides of text direction.
const acting = /[^\P{Cc}\n\t]|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** Fails at the first acting character, with the text around it. */
export function expectNoControls(text: string, where: string): void {
  const at = text.search(acting);
  expect(at, `${where}: ...${JSON.stringify(text.slice(Math.max(0, at - 60), at + 20))}`).to.equal(-1);
}

/** Fails where a page has a control character or one of the marks unescaped. */
export function expectCleanPage(html: string, where: string): void {
  expectNoControls(html, where);
  for (const mark of markup) expect(html, where).not.to.include(mark);
}

/** Looks at everything where the job shows: its page, the list, the documents, the log, and the commands `jobs list|show`. */
export async function expectShownEscaped(gate: Gate, number: string): Promise<string> {
  const pages = await Promise.all([gate.get(`jobs/${number}`), gate.get('')]);
  for (const page of pages) {
    expect(page.status).to.equal(200);
    expectCleanPage(page.body, 'the page');
  }
  const documents = await Promise.all(
    ['api/v1/jobs', `api/v1/jobs/${number}`, 'metrics'].map((path) => gate.get(path)),
  );
  for (const document of documents) expectNoControls(document.body, 'a document');
  const commands = await Promise.all([
    gearbridge(gate, 'jobs', 'list'),
    gearbridge(gate, 'jobs', 'show', number),
  ]);
  for (const { code, stdout, stderr } of commands) {
    expect(code, stderr).to.equal(0);
    expectNoControls(stdout, 'a command');
    expectNoControls(stderr, 'a command');
  }
  expectNoControls(gate.log(), 'the log');
  expectNoControls(gate.words(), 'what the daemon said on stderr');
  return `${pages[0].body}\n${commands[1].stdout}`;
}
