// The same suite on the stand-in.

import { startStandIn } from '../../stand-in/start.ts';
import { gateUserSuite } from './gate-user-suite.ts';

gateUserSuite('the stand-in', () => startStandIn());
