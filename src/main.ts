#!/usr/bin/env -S node --max-semi-space-size=2
// `gearbridge COMMAND`. The young part of the heap grows to 48 MiB else and is not given back (measured: 137 MiB idle after logs were read, 97 so).

import { gearbridge } from './cli/program.ts';
import { processTerminal } from './cli/terminal.ts';

process.exitCode = await gearbridge(process.argv.slice(2), processTerminal());
