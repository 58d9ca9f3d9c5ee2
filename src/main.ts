#!/usr/bin/env -S node --max-semi-space-size=4 --heap-growing-percent=35
// `gearbridge COMMAND`. The young part of the heap grows to 48 MiB else and is not given back (137 MiB idle after logs were read, 97 so); the
// old one may grow by a third between two collections (a reset of 190 jobs on 20 builders: 322 MiB resident else, 184 so).

import { gearbridge } from './cli/program.ts';
import { processTerminal } from './cli/terminal.ts';

process.exitCode = await gearbridge(process.argv.slice(2), processTerminal());
