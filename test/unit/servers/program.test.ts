import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { inFolder, temporaryFolder, type Folder } from '../../../src/servers/folder.ts';
import { optionalProgram, program } from '../../../src/servers/program.ts';

describe('program', () => {
  let folder: Folder;
  const before = process.env['PATH'];

  beforeEach(async () => {
    folder = await temporaryFolder('program');
    process.env['PATH'] = `relative:${folder.path}`;
  });
  afterEach(async () => {
    process.env['PATH'] = before;
    await folder.remove();
  });

  it('names the Debian package of a program that is missing', () => {
    expect(() => program('gearmand-that-is-not', 'gearman-job-server')).to.throw(
      'gearmand-that-is-not is not installed: sudo apt-get install gearman-job-server',
    );
  });

  it('finds what PATH has, and no file or folder that cannot be run', async () => {
    await writeFile(join(folder.path, 'plain'), '');
    await mkdir(join(folder.path, 'folder'));
    expect([optionalProgram('plain'), optionalProgram('folder')]).to.deep.equal([null, null]);
    await chmod(join(folder.path, 'plain'), 0o755);
    expect(optionalProgram('plain')).to.equal(join(folder.path, 'plain'));
  });

  it("finds gearmand in sbin, which an ordinary user's PATH lacks", () => {
    expect(program('gearmand', 'gearman-job-server')).to.match(/^(\/usr)?\/sbin\/gearmand$/);
  });
});

describe('inFolder', () => {
  it('removes the folder when what was to start in it fails', async () => {
    let seen = '';
    const failed = inFolder('failing', async ({ path }) => {
      seen = path;
      await writeFile(join(path, 'file'), 'x');
      throw new Error('no');
    });
    expect(await failed.catch(String)).to.equal('Error: no');
    expect([seen === '', existsSync(seen)]).to.deep.equal([false, false]);
  });
});
