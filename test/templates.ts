// Buildbots of the tests share the empty database that the first of them makes (src/servers/buildbot/README.md).

import { fileURLToPath } from 'node:url';

process.env['GATE_TEMPLATES'] = fileURLToPath(new URL('../.cache/templates', import.meta.url));
