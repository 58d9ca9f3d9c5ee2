// The suite of the gate's user on a real master, its workers inside it.

import { startBuildbot } from '../../../src/servers/buildbot.ts';
import { gateUserSuite } from './gate-user-suite.ts';

gateUserSuite('a real master', () => startBuildbot({ workers: 'local' }));
