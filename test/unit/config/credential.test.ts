import { expect } from 'chai';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentialPath } from '../../../src/config/credential.ts';
import { readPassword } from '../../../src/config/password.ts';

describe('the path of a secret', () => {
  const path = '/etc/gearbridge/buildbot.password';
  let folder = '';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gearbridge-credential-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('is the copy of the same name that systemd made', async () => {
    await writeFile(join(folder, 'buildbot.password'), 'secret');

    expect(credentialPath(path, { CREDENTIALS_DIRECTORY: folder })).to.equal(
      join(folder, 'buildbot.password'),
    );
  });

  it('is where the password is read, though the configured file may not be', async () => {
    await writeFile(join(folder, 'missing.password'), 'secret\n');

    expect(await readPassword('/nowhere/missing.password', { CREDENTIALS_DIRECTORY: folder })).to.equal(
      'secret',
    );
  });

  it('is the configured one again once that was replaced after the start, where we may read it', async () => {
    const [copies, own] = [join(folder, 'copies'), join(folder, 'own')];
    await mkdir(copies);
    await writeFile(join(copies, 'own'), 'old');
    await writeFile(own, 'new');
    await utimes(join(copies, 'own'), 1_000, 1_000);
    expect(credentialPath(own, { CREDENTIALS_DIRECTORY: copies })).to.equal(own);
    await utimes(own, 500, 500);
    expect(credentialPath(own, { CREDENTIALS_DIRECTORY: copies })).to.equal(join(copies, 'own'));
  });

  it('is the configured one where systemd made no copy of it', () => {
    expect(credentialPath(path, { CREDENTIALS_DIRECTORY: folder })).to.equal(path);
    expect(credentialPath(path, { CREDENTIALS_DIRECTORY: '' })).to.equal(path);
    expect(credentialPath(path, {})).to.equal(path);
  });
});
