import { expect } from 'chai';
import fc from 'fast-check';
import { readSignature } from '../../../../src/config/signatures/read-signature.ts';
import { kinds } from '../../../../src/flakes/kind.ts';
import { draftSignature, type DraftOf } from '../../../../src/flakes/signature/draft.ts';
import { createHitCollector } from '../../../../src/flakes/signature/hits.ts';
import { createSignatureSet } from '../../../../src/flakes/signature/signature-set.ts';
import { plainEngine } from './plain-engine.ts';

const now = Date.UTC(2026, 10, 21);
const failure: DraftOf = {
  kind: 'test-failure',
  testId: 'test_a.T.test_x',
  exception: 'TimeoutError',
  message: 'no answer of 0x7f00aa11 (after 31.5 s) in /tmp/tmpab12/x.sock\nmore',
  incident: '0123456789abcdef',
};

describe('a drafted signature', () => {
  it('asks for the test, the exception and the message without what changes', () => {
    const text = draftSignature(failure, now) ?? '';

    expect(text).to.contain('id: NEW-01234567\n').and.to.contain('review_by: 2027-02-19\n');
    expect(text).to.contain('- message: { regex: "no answer of .* \\\\(after .*\\\\) in .*/x\\\\.sock" }');
  });

  it('names the very failure that it was made from, whatever that says, and is a file as lint wants it', async () => {
    const engine = plainEngine;
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.string({ maxLength: 300 }),
      fc.constantFrom(
        ...['a  b\tc 12345 {x}', '[Errno 28] No space (left)', '! /0\\-', "in `f': \u2018x\u2019 unused"],
        ...['no libpython3.14t.so in C:\\b\\lib', '_ssl.cpython-314-x86_64-linux-gnu.so is missing'],
      ),
    );
    const failures = fc.record({
      kind: fc.constantFrom(...kinds),
      testId: fc.constant('test_a.T.test_x'),
      exception: fc.constantFrom(null, 'ValueError'),
      message: fc.option(texts),
      incident: fc.constant('0123456789abcdef'),
    });
    await fc.assert(
      fc.asyncProperty(failures, async (given) => {
        const reading = await readSignature(draftSignature(given, now) ?? '', (source) =>
          engine.refusal(source),
        );
        if (reading.kind === 'refused') throw new Error(JSON.stringify(reading.remarks));
        const { kind, testId: test_id, exception, message } = given;
        const place = { lines: [1, 1], step: createHitCollector(), others: [] } as const;
        const set = createSignatureSet([reading.signature], engine);
        expect(set.match([{ facts: { kind, test_id, exception, message }, place }])[0]).to.have.lengthOf(1);
      }),
      { numRuns: 40 },
    );
  }).timeout(20_000);

  it('holds nothing raw of what a build printed, and is none where nothing is known', () => {
    const hostile = {
      ...failure,
      testId: null,
      exception: null,
      message: 'evil\u001b]0;x\u0007 \u202e "quote\nid: FLK-1',
    };

    expect(draftSignature(hostile, now)?.replaceAll('\n', '')).to.not.match(/[\p{Cc}\u202e]/u);
    expect(draftSignature(hostile, now)).to.not.match(/^id: FLK-1/m);
    expect(draftSignature({ ...hostile, message: null }, now)).to.equal(null);
  });
});
