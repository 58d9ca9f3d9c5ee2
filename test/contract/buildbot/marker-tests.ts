// A sending found again by its marker: part of the suite of the gate's user.

import { expect } from 'chai';
import type { BuildsetId } from '../../../src/gate/ids.ts';
import type { Buildbot } from '../../../src/servers/buildbot.ts';
import { startFaultProxy } from '../../fault-proxy.ts';
import { clientOf, complete, force, forced, marker, type Client } from './client.ts';

// Its worker never connects: what is forced here stays queued.
const offline = 'RISC-V 64-bit Ubuntu 3.x';

/** Declares the tests; `server` gives the server and a client of the gate's once they run. */
export function markerTests(
  server: () => { readonly buildbot: Pick<Buildbot, 'url' | 'users'>; readonly gate: Client },
): void {
  const gate = (): Client => server().gate;
  it('finds the buildset behind an id, whole, with its requests (rule 4.2)', async () => {
    const after = await gate().master.newestBuildset();
    const said = marker();
    const one = await forced(gate().master, { builders: [offline], marker: said });
    expect(one.buildset).to.be.greaterThan(after);
    expect(await gate().master.newestBuildset()).to.equal(one.buildset);
    const query = { contains: said, unfinished: true, withRequests: true };
    const [found, ...more] = await gate().master.buildsets({ ...query, after });
    expect(more).to.deep.equal([]);
    expect(found).to.deep.equal({
      id: one.buildset,
      marker: said,
      complete: false,
      requests: [{ id: one.request, builder: offline, complete: false, claimed: false }],
    });
    expect(await gate().master.buildsets({ ...query, after: one.buildset })).to.deep.equal([]);
    expect(await gate().master.cancel(one.request, 'done')).to.equal('asked');
    await complete(gate().master, one.request);
    expect(await gate().master.buildsets(query)).to.deep.equal([]);
    expect(await gate().master.buildsets({ ...query, unfinished: false })).to.have.length(1);
  });

  it('has many requests read in chunks', async () => {
    const ids = Array.from({ length: 600 }, (_, n) => n + 1) as readonly number[] as BuildsetId[];
    gate().calls();
    const found = await gate().master.requests(ids as readonly number[] as never);
    expect(found.length).to.be.greaterThan(3);
    expect(
      gate()
        .calls()
        .every(({ outcome }) => outcome === 'ok'),
    ).to.equal(true);
  });

  it('is found though the answer to the force call was lost (rule 4.2)', async () => {
    const proxy = await startFaultProxy({ port: Number(new URL(server().buildbot.url).port) });
    const client = clientOf({ ...server().buildbot, url: `http://127.0.0.1:${proxy.port}/` }, 'gate');
    const after = await client.master.newestBuildset();
    proxy.arm({ match: 'POST /api/v2/forceschedulers', fault: { kind: 'drop-answer', cut: 'rst' } });
    const said = marker();
    const outcome = await force(client.master, { builders: [offline], marker: said });
    expect(outcome.kind).to.equal('unclear');
    const query = { contains: said, after, unfinished: false, withRequests: true };
    const [found] = await client.master.buildsets(query);
    await client.master.close();
    await proxy.close();
    expect(found?.requests.map(({ builder }) => builder)).to.deep.equal([offline]);
  });
}
