// The answers about failures over time.

import type { FlakesViews } from '../views/flakes.ts';
import { viewDeadline, within } from './deadline.ts';
import type { FlakesPage } from './flakes-route.ts';
import { json, jsonError, type Reply } from './reply.ts';

/** Rows of each subject on the page. */
const pageTop = 25;

/** The answer to a GET. Rejects when a view does. */
export async function readFlakes(page: FlakesPage, flakes: FlakesViews): Promise<Reply> {
  switch (page.kind) {
    case 'flakes': {
      const pages = await import('./pages.ts');
      const report = flakes.report({ ...page.query, top: pageTop });
      return pages.flakesPage(await within(viewDeadline, 'the report', report), page.since);
    }
    case 'api-flakes':
      return json(await within(viewDeadline, 'the report', flakes.report({ ...page.query, top: page.top })));
    case 'api-flake': {
      const flake = await within(viewDeadline, 'the failures', flakes.show(page.name));
      const why = 'nothing is kept under this name; it is a key, a signature, an incident or a test';
      return flake === null ? jsonError(404, why) : json(flake);
    }
    case 'api-unclassified':
      return json(await within(viewDeadline, 'the unclassified failures', flakes.unclassified(page.query)));
    case 'api-import':
      return json(await within(viewDeadline, 'the import', flakes.importing()));
    case 'api-past':
      return json(await within(viewDeadline, 'the failures', flakes.past(page.query)));
    case 'api-flakes-search': {
      const found = flakes.search({ ...page.query, text: page.text });
      return json(await within(viewDeadline, 'the search', found));
    }
  }
}
