// What a campaign found, for people.

import { placeOf, type Fate, type Tried } from './mutant.ts';

function count(results: readonly Tried[], ...fates: readonly Fate[]): number {
  return results.filter(({ fate }) => fates.includes(fate)).length;
}

/** The share of mutants that a test noticed, 0 to 1; 1 of none. */
export function score(results: readonly Tried[]): number {
  return results.length === 0 ? 1 : count(results, 'killed', 'lasting') / results.length;
}

function percent(results: readonly Tried[]): string {
  return `${(score(results) * 100).toFixed(1)} %`;
}

function row(name: string, cells: readonly (string | number)[]): string {
  return name.padEnd(44) + cells.map((cell) => String(cell).padStart(10)).join('');
}

function figures(results: readonly Tried[]): readonly (string | number)[] {
  const fates = (['killed', 'lasting', 'survived', 'uncovered'] as const).map((fate) => count(results, fate));
  return [results.length, ...fates, percent(results)];
}

/** A line for each file, the worst first, and one for all. */
export function table(results: readonly Tried[]): readonly string[] {
  const files = new Set(results.map(({ mutant }) => mutant.file));
  const byFile = [...files].map(
    (file) => [file, results.filter(({ mutant }) => mutant.file === file)] as const,
  );
  const worstFirst = byFile.sort(([, one], [, other]) => score(one) - score(other));
  return [
    row('file', ['mutants', 'killed', 'lasting', 'survived', 'uncovered', 'score']),
    ...worstFirst.map(([file, its]) => row(file, figures(its))),
    row('all', figures(results)),
  ];
}

function short(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}

/** A line for each mutant that no test noticed, by place. */
export function survivors(results: readonly Tried[]): readonly string[] {
  return results
    .filter(({ fate }) => fate === 'survived' || fate === 'uncovered')
    .sort((one, other) => Number(one.mutant.id) - Number(other.mutant.id))
    .map(({ mutant, fate }) => {
      const [place = ''] = placeOf(mutant).split(' ', 1);
      return `${place} ${fate}: ${short(mutant.original)}  ->  ${short(mutant.replacement)}`;
    });
}
