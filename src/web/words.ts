// How states, results and times read on a page. A mark always stands beside a word: colour and shape alone say nothing.

import type { ResultWord } from '../gate/answer.ts';
import type { BuilderState, Fault, JobPhase, StepView } from '../views/document.ts';
import { builderTones, resultTones, type Tone } from '../views/tone.ts';
import { html, type Html } from './html.ts';

const phaseTones: Readonly<Record<JobPhase, Tone>> = {
  waiting: 'calm',
  running: 'busy',
  finished: 'calm',
  abandoned: 'calm',
};
const stepTones: Readonly<Record<StepView['state'], Tone>> = {
  waiting: 'calm',
  running: 'busy',
  success: 'good',
  warnings: 'warn',
  failure: 'bad',
  skipped: 'calm',
  exception: 'warn',
  cancelled: 'calm',
};
const marks: Readonly<Record<Tone, string>> = { good: '✓', bad: '✗', warn: '!', busy: '●', calm: '○' };

/** Whose fault a result is, as a sentence that stands under the verdict. */
export const faultSentences: Readonly<Record<Fault, string>> = {
  change: 'The cause is in the change.',
  infrastructure: 'The build machines failed. This says nothing about the change.',
  configuration: 'The job or the fleet is set up wrongly. This says nothing about the change.',
  person: 'Somebody stopped it. This says nothing about the change.',
  fleet: 'Too few machines could judge it. This says nothing about the change.',
};

function badge(word: string, tone: Tone): Html {
  return html`<span class="badge ${tone}"><span aria-hidden="true">${marks[tone]}</span> ${word}</span>`;
}

/** A result word, or the state of a job that has none yet. */
export function jobBadge(state: JobPhase, result: ResultWord | null): Html {
  return result === null ? badge(state, phaseTones[state]) : badge(result, resultTones[result]);
}

export function resultTone(state: JobPhase, result: ResultWord | null): Tone {
  return result === null ? phaseTones[state] : resultTones[result];
}

/** A result in a builder's row says more than `failed`, so it stands in its place. */
export function builderBadge(state: BuilderState, result: ResultWord | null): Html {
  const tone = state === 'failed' && result !== null ? resultTones[result] : builderTones[state];
  return badge(state === 'failed' && result !== null ? result : state, tone);
}

export function stepBadge(step: StepView): Html {
  return badge(`${step.name}: ${step.state}`, stepTones[step.state]);
}

export function levelBadge(level: 'up' | 'degraded' | 'down'): Html {
  return badge(level, level === 'up' ? 'good' : level === 'degraded' ? 'warn' : 'bad');
}

/** `7 s`, `3 min 20 s`, `2 h 05 min`. The script of the page writes durations in the same way. */
export function duration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** A moment: UTC as the server writes it; the script turns it into the reader's own time. */
export function moment(time: string | null): Html | null {
  if (time === null) return null;
  const plain = `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`;
  return html`<time datetime="${time}">${plain}</time>`;
}

/** The first digits of a commit, whole in its title. */
export function commit(revision: string): Html {
  return html`<code title="${revision}">${revision.slice(0, 12)}</code>`;
}
