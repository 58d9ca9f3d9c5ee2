// What web and CLI see of failures over time: the port of views/ over the history.

import type { Knowledge } from './knowledge.ts';
import type { History } from '../store/history.ts';
import { buildPage } from '../views/context.ts';
import type { FlakesViews } from '../views/flakes.ts';
import { searchFailures, showFlake, type UrlOf } from './flakes-failures.ts';
import { pastFailures } from './flakes-past.ts';
import { flakesReport } from './flakes-report.ts';
import { findingsView } from './findings-view.ts';
import type { Findings } from './findings.ts';
import type { Importer } from './import-builds.ts';
import { unclassifiedFailures, type Draft } from './flakes-unclassified.ts';

export interface FlakesParts {
  readonly history: History;
  readonly buildbotUrl: string;
  readonly knowledge: () => Pick<Knowledge, 'fleet'>;
  readonly draft: Draft;
  readonly importer: Pick<Importer, 'look'>;
  readonly findings: () => Findings | null;
}

export function createFlakesViews(parts: FlakesParts): FlakesViews {
  const { history, buildbotUrl, knowledge, draft, importer, findings } = parts;
  const urlOf: UrlOf = (build) => buildPage(buildbotUrl, knowledge().fleet, build) ?? buildbotUrl;
  return {
    report: async (query) => ({
      ...(await flakesReport(history, query, Date.now())),
      findings: findingsView(findings(), query),
    }),
    show: (name) => showFlake(history, name, urlOf),
    unclassified: (scope) => unclassifiedFailures(history, { scope, now: Date.now() }, { urlOf, draft }),
    importing: () => importer.look(),
    past: (query) => pastFailures(history, { ...query, now: Date.now() }, urlOf),
    search: (query) => searchFailures(history, { scope: query, text: query.text, now: Date.now() }, urlOf),
  };
}
