import { expect } from 'chai';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { keptFile } from '../../../../src/config/signatures/kept-file.ts';

describe('a file of a cache', () => {
  let path = '';
  beforeEach(async () => {
    path = join(await mkdtemp(join(tmpdir(), 'gearbridge-kept-')), 'deep', 'kept');
  });
  afterEach(() => rm(dirname(dirname(path)), { recursive: true }));

  it('gives back the bytes that were written, in a file that only its user reads', async () => {
    keptFile(path).write(Buffer.from([0, 10, 255]));

    expect([...(keptFile(path).read() ?? [])]).to.deep.equal([0, 10, 255]);
    expect((await stat(path)).mode & 0o777).to.equal(0o600);
    expect(await readdir(dirname(path))).to.deep.equal(['kept']);
  });

  it('is nothing when it is missing, cut, changed or of another kind', async () => {
    expect(keptFile(path).read()).to.equal(null);
    keptFile(path).write(Buffer.from('what was kept'));
    const whole = await readFile(path, 'latin1');
    for (const damaged of [
      whole.slice(0, -1),
      whole.replace('was', 'is!'),
      whole.slice(0, 30),
      '',
      `${whole} `,
    ]) {
      await writeFile(path, damaged);
      expect(keptFile(path).read(), damaged).to.equal(null);
    }
    await rm(path);
    await mkdir(path);
    expect(keptFile(path).read()).to.equal(null);
  });

  it('is done without where it cannot be written', async () => {
    await writeFile(dirname(path), 'a file in the way');
    keptFile(path).write(Buffer.from('lost'));

    expect(keptFile(path).read()).to.equal(null);
  });

  it('is nothing when another user has written it', async () => {
    keptFile(path).write(Buffer.from('of ours'));
    const { geteuid } = process;
    process.geteuid = () => 54_321;
    try {
      expect(keptFile(path).read()).to.equal(null);
    } finally {
      if (geteuid !== undefined) process.geteuid = geteuid;
    }
  });
});
