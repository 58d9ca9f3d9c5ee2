import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect } from 'chai';
import { freePort, onPort } from '../../../src/servers/free-port.ts';
import { listeners, listensOn } from '../../../src/servers/listening.ts';
import { launch, ready, type Child } from '../../../src/servers/process.ts';
import { program } from '../../../src/servers/program.ts';
import { until } from '../../until.ts';

const shell = (text: string): Promise<Child> =>
  launch({ name: 'a shell', program: program('sh', 'dash'), args: ['-c', text], diesBy: 'signal' });

describe('a launched process', () => {
  it('is ready when its probe says so, and is asked again when the probe throws', async () => {
    const child = await shell('exec sleep 20');
    let asked = 0;
    const probe = async (): Promise<string | null> => {
      asked += 1;
      if (asked === 1) throw new Error('not yet');
      return asked === 3 ? 'there' : null;
    };
    expect(await ready(child, { name: 'a shell', within: 5000, probe })).to.equal('there');
    await child.stop(2000);
    expect(await child.ended).to.equal('SIGTERM');
  });

  it('that ends early rejects with its exit code and its last 64 KiB of stderr', async () => {
    const child = await shell('head -c 200000 /dev/zero | tr "\\0" a >&2; echo the end >&2; exit 7');
    const failed = await ready(child, { name: 'a shell', within: 10_000, probe: async () => null }).catch(
      String,
    );
    expect(failed).to.match(/^Error: a shell did not start: exit code 7; it said:\na+the end$/);
    expect(failed).to.have.lengthOf.below(66_000);
  });

  it('that is not ready in time is ended, and the probe told why', async () => {
    const child = await shell('exec sleep 20');
    const probe = async (): Promise<null> => {
      throw new Error('nobody there');
    };
    const failed = await ready(child, { name: 'a shell', within: 100, probe }).catch(
      (error: unknown) => error,
    );
    expect(failed).to.have.property('message', 'a shell did not start: not ready after 100 ms');
    expect(failed).to.have.nested.property('cause.message', 'nobody there');
    expect(child.running()).to.equal(false);
  });

  it('that ignores SIGTERM is killed after the grace', async () => {
    const child = await shell('trap "" TERM; echo up; while :; do sleep 0.05; done');
    await until(() => child.output().includes('up'), { within: 5000, what: 'the trap to be set' });
    await child.stop(100);
    expect(await child.ended).to.equal('SIGKILL');
  });

  it('that cannot be started rejects with its name', async () => {
    const failed = launch({ name: 'a ghost', program: '/nowhere/ghost', args: [], diesBy: 'stdin' });
    expect(await failed.catch(String)).to.match(/^Error: a ghost could not be started: .*ENOENT/);
  });
});

describe('ports', () => {
  it('tell whose a listening port is', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await listensOn(process.pid, port)).to.equal(true);
    expect(await listensOn(process.ppid, port)).to.equal(false);
    server.close();
    await once(server, 'close');
    expect(await listensOn(process.pid, port)).to.equal(false);
  });

  it('reads the listening rows of the kernel alone', () => {
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 0100007F:127A 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0',
      '   1: 0100007F:127A 0100007F:8000 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 100 0',
      '',
    ];
    expect(listeners(table.join('\n'))).to.deep.equal([{ port: 4730, inode: '4711' }]);
  });

  it('are tried once more on another one when somebody took the first', async () => {
    const tried: number[] = [];
    const start = async (port: number): Promise<number> => {
      tried.push(port);
      if (tried.length === 1) throw new Error('taken');
      return port;
    };
    expect(await onPort(undefined, start)).to.equal(tried[1]);
    expect(tried).to.have.lengthOf(2);
  });

  it('say what went wrong twice', async () => {
    const start = (port: number): Promise<never> => Promise.reject(new Error(`no luck on ${port > 0}`));
    expect(await onPort(undefined, start).catch(String)).to.equal('AggregateError: twice: no luck on true');
  });

  it('are not tried on another one when one was asked for', async () => {
    const asked = await freePort();
    const tried: number[] = [];
    const start = (port: number): Promise<never> => {
      tried.push(port);
      return Promise.reject(new Error('no'));
    };
    expect(await onPort(asked, start).catch(String)).to.equal('Error: no');
    expect(tried).to.deep.equal([asked]);
  });
});
