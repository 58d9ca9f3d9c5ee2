// How good or bad a state or a result is: the colour that it has on a page and on a terminal. The word says the same.

import type { ResultWord } from '../gate/answer.ts';
import type { BuilderState } from './document.ts';

export type Tone = 'good' | 'bad' | 'warn' | 'busy' | 'calm';

export const resultTones: Readonly<Record<ResultWord, Tone>> = {
  SUCCESS: 'good',
  FAILURE: 'bad',
  TIMED_OUT: 'bad',
  INFRA_FAILURE: 'warn',
  NO_COVERAGE: 'warn',
  ABORTED: 'calm',
  CONFIG_ERROR: 'warn',
};
export const builderTones: Readonly<Record<BuilderState, Tone>> = {
  planned: 'calm',
  sending: 'busy',
  unclear: 'warn',
  queued: 'calm',
  running: 'busy',
  retrying: 'warn',
  measuring: 'warn',
  passed: 'good',
  forgiven: 'good',
  withdrawn: 'warn',
  failed: 'bad',
  unheard: 'warn',
  stopped: 'calm',
};
