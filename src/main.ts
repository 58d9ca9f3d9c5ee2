#!/usr/bin/env node
// `gearbridge COMMAND`.

import { gearbridge } from './cli/program.ts';
import { processTerminal } from './cli/terminal.ts';

process.exitCode = await gearbridge(process.argv.slice(2), processTerminal());
