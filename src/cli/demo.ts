// `gearbridge demo`: a whole gate on one machine. Five changes go through it, and each verdict must be what it has to be.

import { here, prepare } from '../servers/prepare.ts';
import { visible } from '../views/text.ts';
import { apiToRead } from './api.ts';
import { createGatekeeper } from './demo/gatekeeper.ts';
import { play, type Outcome } from './demo/play.ts';
import { createScreen, type Screen } from './demo/screen.ts';
import { makeHouse, type House, type Stage } from './demo/stage.ts';
import { addresses, verdicts } from './demo/words.ts';
import { CommandError, exitCodes, isCommandError, type ExitCode } from './exit.ts';
import type { Call } from './terminal.ts';

interface Show {
  readonly call: Call;
  readonly screen: Screen;
  readonly house: House;
  readonly keep: boolean;
  readonly signal: AbortSignal;
}

const welcome =
  'gearbridge demo: five changes go through a merge gate on this machine. A gatekeeper (such as Zuul) holds each change back until it is proved; gearbridge has it built on a fleet of build machines and gives one verdict.';

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  // The servers' pipes keep the process alive.
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

async function perform(show: Show, stage: Stage): Promise<readonly Outcome[]> {
  const { call, screen, signal, house } = show;
  const terminal = { ...call.terminal, interruption: () => signal };
  const common = { ...call.common, url: stage.web };
  const api = await apiToRead({ terminal, common });
  const gatekeeper = createGatekeeper(stage.gearmand.port);
  return play({ stage, api, gatekeeper, screen, signal, atEnd: (end) => house.atEnd(end) });
}

function judged(outcomes: readonly Outcome[]): ExitCode {
  const wrong = outcomes.filter((outcome) => outcome.wrong !== null);
  if (wrong.length === 0) return exitCodes.yes;
  const sentences = wrong.map(({ title, wrong: why }) => `"${title}": ${why ?? ''}`);
  throw new CommandError(
    exitCodes.no,
    `verdicts that are not what they must be: ${wrong.length} of ${outcomes.length}; ${sentences.join('; ')}`,
  );
}

async function shown(show: Show): Promise<ExitCode> {
  const { screen, house, signal, keep } = show;
  const stage = await house.open((text) => screen.say(text), signal);
  const outcomes = await perform(show, stage);
  screen.print(verdicts(outcomes, screen));
  if (keep && !signal.aborted) {
    screen.print(await addresses(stage));
    await untilAborted(signal);
  }
  return judged(outcomes);
}

/** What ended the show, as the command's own error. */
function ended(error: unknown, signal: AbortSignal): CommandError {
  if (signal.aborted)
    return new CommandError(exitCodes.interrupted, 'interrupted; what was started is ended', {
      cause: error,
    });
  if (isCommandError(error)) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new CommandError(exitCodes.unreachable, `the demo could not go on: ${why}`, { cause: error });
}

async function cleaned(show: Show): Promise<void> {
  show.screen.settle();
  show.screen.say('Ending everything that was started ...');
  try {
    await show.house.close();
  } catch (error) {
    throw new CommandError(
      exitCodes.unknown,
      visible(error instanceof Error ? error.message : String(error)),
      {
        cause: error,
      },
    );
  }
}

/**
 * Runs the demo; with `keep` everything is left running until Ctrl-C. 0 when each verdict was what it must be, else a CommandError:
 * 1 for a verdict that was not, 3 when something could not be started or ended by itself, 130 when it was interrupted before the
 * verdicts were there. Whatever happens, what was started is ended and its files are removed first.
 */
export async function demo(call: Call, { keep }: { readonly keep: boolean }): Promise<ExitCode> {
  const signal = call.terminal.ending();
  const begun = performance.now();
  const screen = createScreen(call);
  screen.say(welcome);
  const say = (line: string): void => call.terminal.err(`${line}\n`);
  if ((await prepare({ ...here(), say })) !== 0)
    return signal.aborted ? exitCodes.interrupted : exitCodes.unreachable;
  const show: Show = { call, screen, house: await makeHouse(), keep, signal };
  let code: ExitCode;
  try {
    code = await shown(show);
  } catch (error) {
    await cleaned(show);
    throw ended(error, signal);
  }
  await cleaned(show);
  const seconds = Math.round((performance.now() - begun) / 1000);
  screen.say(
    `Every verdict was what it must be. Nothing is left running, no file is left behind. (${seconds} s)`,
  );
  return code;
}
