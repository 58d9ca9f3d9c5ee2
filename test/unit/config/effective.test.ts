import { expect } from 'chai';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { effective, plain } from '../../../src/config/effective.ts';
import { formatFinding } from '../../../src/config/finding.ts';
import { initial } from '../../../src/config/initial.ts';
import { load } from '../../../src/config/load.ts';
import { folder, good, type Folder } from './sample.ts';

describe('the samples and the configuration in force', () => {
  let place: Folder;
  beforeEach(async () => {
    place = await folder();
    await writeFile(join(place.path, 'buildbot.password'), 'hunter2');
  });
  afterEach(() => place.dispose());

  for (const name of ['gearbridge.yaml', 'minimal.yaml']) {
    it(`load without a finding: ${name}`, async () => {
      const copy = join(place.path, name);
      await copyFile(fileURLToPath(new URL(`../../../config/${name}`, import.meta.url)), copy);
      const { kind, findings } = await load(copy);
      expect(findings.map(formatFinding)).to.deep.equal([]);
      expect(kind).to.equal('loaded');
    });

    it(`give the same configuration when what is shown is loaded again: ${name}`, async () => {
      const copy = join(place.path, name);
      await copyFile(fileURLToPath(new URL(`../../../config/${name}`, import.meta.url)), copy);
      const first = await load(copy);
      if (first.kind === 'refused') throw new Error('refused');
      const second = await place.load(effective(first.config));
      expect(second).to.deep.equal(first);
      expect(effective(first.config)).to.not.contain('hunter2');
    });
  }

  it('show every optional key of a job and a policy without coverage', async () => {
    const rest =
      'branches: [main]\n    repositories: ["https://*"]\n    repository: https://x/y\n    vcs: hg';
    const text = good
      .replace('policy: gate', `policy: gate\n    ${rest}`)
      .replace('coverage: { linux: 1 }', 'retries: 0');
    const first = await place.load(
      text.replace('servers: ["127.0.0.1:4730"]', 'embedded: { listen: "[::1]:4730" }'),
    );
    if (first.kind === 'refused') throw new Error(JSON.stringify(first.findings));
    expect(first.config.gearman).to.deep.equal({ kind: 'embedded', listen: { host: '::1', port: 4730 } });
    expect(first.config.policies.get('gate')?.coverage).to.equal(null);
    expect(await place.load(effective(first.config))).to.deep.equal(first);
  });

  it('show every key of Redis, with its files, but for the password of its URL', async () => {
    await writeFile(join(place.path, 'ca.pem'), '-----BEGIN CERTIFICATE-----\n');
    const tls = 'tls: { ca: ca.pem, host_names: false }';
    const stores = [
      `url: "rediss://gate@m/3", sentinels: ["[::1]:26379"], password_file: password, sentinel_password_file: password, ${tls}`,
      'url: "redis://u:hunter2@h:1", cluster: ["a:1", "b:2"]',
    ];
    for (const store of stores) {
      const first = await place.load(`store: { driver: redis, ${store} }\n${good}`);
      if (first.kind === 'refused') throw new Error(JSON.stringify(first.findings));
      const shown = effective(first.config);
      expect(shown).to.not.contain('hunter2');
      const second = await place.load(shown);
      expect(second.kind === 'loaded' && plain(second.config)).to.deep.equal(plain(first.config));
      for (const [, key] of store.matchAll(/(\w+): /g)) expect(shown).to.contain(`${key}:`);
    }
  });

  it('begin with a file for a master, which loads once the password is there', async () => {
    const text = initial({ buildbot: 'https://bb.example.org/sub' });
    const result = await place.load(text);
    expect(result.findings).to.deep.equal([]);
    expect(result.kind === 'loaded' && result.config.buildbot.url).to.equal('https://bb.example.org/sub/');
    expect(text).to.match(/^# The smallest configuration/);
  });

  it('begin with no file for what is no address', () => {
    for (const url of ['', 'bb', 'ftp://x/', 'http://x/\nmanager: y', 'https://u:p@x/', 'https://x/#a']) {
      expect(() => initial({ buildbot: url }), url).to.throw(
        'is no address of a Buildbot master, expected an http',
      );
    }
  });
});
