// The files that a change touches, as somebody says them.

import { expect } from 'chai';
import { filesIn } from '../../../src/gate/changed-files.ts';

describe('the list of changed files', () => {
  for (const [what, text, files] of [
    ['a JSON list', '["Lib/ssl.py", "Lib/test/test_ssl.py"]', ['Lib/ssl.py', 'Lib/test/test_ssl.py']],
    ['one path a line', 'Lib/ssl.py\r\nDoc/my file.rst\n\n', ['Lib/ssl.py', 'Doc/my file.rst']],
    ['a path that stands twice', 'a\nb\na', ['a', 'b']],
    ['nothing', '', null],
    ['an empty list, which no change is', '[]', null],
    ['broken JSON', '["a"', null],
    ['a list of other things', '["a", 1]', null],
    ['a list within a list', '[["a"]]', null],
    ['control characters', 'a\u0000b', null],
    ['more than a run should keep', 'a/path/of/some/length\n'.repeat(4_000), null],
    ['more files than a run should keep', Array.from({ length: 2_001 }, (_, at) => `${at}`).join('\n'), null],
  ] as const) {
    it(`is ${files === null ? 'none' : 'read'} from ${what}`, () => {
      expect(filesIn(text)).to.deep.equal(files);
    });
  }
});
