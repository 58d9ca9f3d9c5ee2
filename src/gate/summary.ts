// The one line that says a verdict to a person, and the reason that a reviewer sees.

import type { BuilderVerdict, ResultWord } from './answer.ts';
import { rulingOn } from './ruled.ts';
import type { Run } from './run.ts';

/** The verdict in one line, and the short reason for it without the word; the reason is '' for SUCCESS. */
export function summarise(
  run: Run,
  word: ResultWord,
  builders: readonly BuilderVerdict[],
): { summary: string; reason: string } {
  const voting = builders.filter((builder) => builder.role === 'voting');
  const passed = voting.filter((builder) => builder.state === 'passed').length;
  const notes = [...forgivenNote(run, voting), ...withdrawnNote(run, voting), ...advisoryNote(builders)];
  if (word === 'SUCCESS')
    return {
      summary: [`${passed} of ${voting.length} voting builders passed`, ...notes].join('; '),
      reason: '',
    };
  const culprits = voting.filter((builder) => builder.result === word);
  // One that was measured, or needed no measuring, says more than one that was left because of it.
  const first = culprits.find(({ name }) => run.rulings[name]?.unmeasured !== true) ?? culprits[0];
  const { named, why } = culprit(run, first);
  const more = culprits.length > 1 ? ` and ${culprits.length - 1} more` : '';
  const count = `${passed} of ${voting.length} voting builders passed`;
  return { summary: [`${named}${more}${why}`, count, ...notes].join('; '), reason: `${named}${more}` };
}

/** Who made the verdict what it is: the failure that stands, or what the builder itself says. */
function culprit(
  run: Run,
  first: BuilderVerdict | undefined,
): { readonly named: string; readonly why: string } {
  if (first === undefined) return { named: 'too few builders passed', why: '' };
  const ruling = rulingOn(run, first.name);
  if (ruling === null || ruling.summary === '') return { named: `${first.name}: ${first.why}`, why: '' };
  return { named: ruling.summary, why: ` (${ruling.why})` };
}

function forgivenNote(run: Run, voting: readonly BuilderVerdict[]): readonly string[] {
  const forgiven = voting.filter((builder) => builder.state === 'forgiven');
  return forgiven.length === 0
    ? []
    : [
        `${forgiven.length} forgiven: ${forgiven.map(({ name, why }) => rulingOn(run, name)?.summary ?? why).join(', ')}`,
      ];
}

function withdrawnNote(run: Run, voting: readonly BuilderVerdict[]): readonly string[] {
  const withdrawn = voting.filter((builder) => builder.state === 'withdrawn');
  const said = withdrawn.map(({ name, why }) => `${name} (${rulingOn(run, name)?.summary ?? why})`);
  return withdrawn.length === 0 ? [] : [`withdrawn: ${said.join(', ')}`];
}

function advisoryNote(builders: readonly BuilderVerdict[]): readonly string[] {
  const red = builders.filter((builder) => builder.role === 'advisory' && builder.state === 'failed');
  return red.length === 0
    ? []
    : [`advisory: ${red.map(({ name, result }) => `${name} ${result ?? ''}`).join(', ')}`];
}
