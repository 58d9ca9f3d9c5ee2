// TLS to a Gearman server, with a certificate of our own: both kinds of server behind a door that asks for one.

import { expect } from 'chai';
import { gearmanTlsSettings } from '../../../src/config/pem.ts';
import { createAuthority, openDoor, type Authority, type Door } from '../../certificates.ts';
import { connectGearmanClient } from '../../gearman-client.ts';
import { until } from '../../until.ts';
import { bothServers, type TestServer } from './both-servers.ts';
import { startRecorder, type Recorder } from './recorder.ts';

type Tls = Parameters<typeof gearmanTlsSettings>[0];
/** What gear up to 0.13 speaks (GATEKEEPER.md 5.5). */
const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;

for (const { name, start } of bothServers) {
  describe(`TLS before ${name}`, function () {
    this.timeout(30_000);
    let authority: Authority;
    let server: TestServer;
    let files: Tls;
    let door: Door | null;
    let recorder: Recorder | null;

    before(async () => {
      authority = await createAuthority();
    });
    after(() => authority.dispose());
    beforeEach(async () => {
      server = await start();
      files = { ca: authority.ca, ...(await authority.issue('gate')), oldest: 'TLSv1.2', hostNames: true };
      door = null;
      recorder = null;
    });
    afterEach(async () => {
      await recorder?.gearman.close();
      await door?.close();
      await server.stop();
    });

    function record(tls: Tls, host = 'localhost'): Recorder {
      recorder = startRecorder([`${host}:${door?.port ?? 0}`], { security: gearmanTlsSettings(tls) });
      recorder.gearman.serve(['build:gate']);
      return recorder;
    }

    async function takesAJob(tls: Tls): Promise<void> {
      const recorder = record(tls);
      const client = await connectGearmanClient(server.port);
      const submitted = await client.submit('build:gate', { a: 1 });
      const { connection, handle } = await recorder.job();
      expect(await recorder.gearman.finish(connection, handle, { result: 'SUCCESS' })).to.equal('confirmed');
      expect((await submitted.ended()).name).to.equal('WORK_COMPLETE');
      client.close();
    }

    it('carries a job from assignment to answer, for whoever has a certificate', async () => {
      door = await openDoor(authority, { to: server.port });
      await takesAJob(files);
      expect(new Set(door.seen)).to.deep.equal(new Set(['gate']));
    });

    it('carries one in TLS 1.0 where that is asked for, and no host name is looked at', async () => {
      door = await openDoor(authority, { to: server.port, host: 'DNS:elsewhere', options: old });
      await takesAJob({ ...files, oldest: 'TLSv1', hostNames: false });
    });

    it('is not spoken in TLS 1.0 by default, nor with a server of another name or authority', async () => {
      const other = await createAuthority();
      const refusals: readonly (readonly [Tls, Parameters<typeof openDoor>[1]])[] = [
        [files, { to: server.port, options: old }],
        [files, { to: server.port, host: 'DNS:elsewhere' }],
        [{ ...files, ca: other.ca }, { to: server.port }],
      ];
      for (const [tls, wish] of refusals) {
        door = await openDoor(authority, wish);
        const { log, ups, gearman } = record(tls);
        await until(() => log.find((line) => line.includes('cannot connect')), {
          within: 5_000,
          what: 'the refusal to be told',
        });
        expect(ups).to.deep.equal([]);
        await gearman.close();
        await door.close();
      }
      await other.dispose();
    });

    it('shows a renewed certificate with the next connection, and waits for files that are away', async () => {
      door = await openDoor(authority, { to: server.port });
      const recorder = record(files);
      const { gearman, log } = recorder;
      const first = await recorder.up();
      const [before] = door.serials;
      await authority.issue('gate');
      gearman.drop(first.connection, 'to see the next one');
      await recorder.up(2);
      expect(door.serials.at(-1)).to.not.equal(before);
      expect(log.join('\n')).to.not.include('cannot connect');
      expect(() => gearmanTlsSettings({ ...files, key: `${authority.folder}/nowhere` })()).to.throw(
        /nowhere cannot be read .*expected a PEM file/,
      );
    });
  });
}
