import { expect } from 'chai';
import { createGearman } from '../../../src/gearman/create-gearman.ts';
import type { GearmanListener } from '../../../src/gearman/gearman.ts';

const listener: GearmanListener = {
  assigned: () => undefined,
  control: () => undefined,
  up: () => undefined,
  lost: () => undefined,
  mayGrab: () => true,
};
const options = { servers: ['127.0.0.1:1'], manager: 'm', clientId: 'c', log: () => undefined };

describe("the options of the gatekeeper's side", () => {
  for (const [what, change, message] of [
    ['no server', { servers: [] }, 'no Gearman server is given'],
    ['a server twice', { servers: ['a:1', 'a:1'] }, 'given twice'],
    [
      'a server that is no address',
      { servers: ['127.0.0.1:1', 'a:x'] },
      'gearman server "a:x" is no address',
    ],
    ['a client id with a blank', { clientId: 'two words' }, 'client id two words must be'],
    ['a manager with a line end', { manager: 'm\n' }, 'manager m\\x0a must be'],
  ] as const)
    it(`are refused with ${what}`, () => {
      expect(() => createGearman({ ...options, ...change }, listener)).to.throw(message);
    });
});
