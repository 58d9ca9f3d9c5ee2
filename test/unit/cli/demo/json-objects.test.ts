// What `gearman` prints of a job: objects one after the other.

import { expect } from 'chai';
import fc from 'fast-check';
import { jsonObjects } from '../../../../src/cli/demo/json-objects.ts';

describe('JSON objects one after the other', () => {
  it('are found whatever stands in them', () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(fc.array(object), (objects) => {
        const text = objects.map((one) => JSON.stringify(one)).join('');
        expect(jsonObjects(text)).to.deep.equal(
          JSON.parse(`[${objects.map((one) => JSON.stringify(one)).join()}]`),
        );
      }),
    );
  });

  it('are left out as long as they have not come whole', () => {
    expect(jsonObjects('{"a":"}"}{"b":{"c":"{')).to.deep.equal([{ a: '}' }]);
  });

  it('may have other text between them', () => {
    expect(jsonObjects('0% "Complete\n{"a":1}\n{"b":2}}')).to.deep.equal([{ a: 1 }, { b: 2 }]);
  });
});
