import { expect } from 'chai';
import { clientOf, json, logIn, refusal, rpcError, startLyingMaster } from './lying-master.ts';
import type { Client, LyingMaster, Seen } from './lying-master.ts';

const forbidden = { code: -32600, message: "you need to have role 'gate'" };
const now = { value: 0 };
const clock = {
  now: () => now.value,
  after: (ms: number, task: () => void) => {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
  random: () => 0.5,
};

describe('a session with a master', () => {
  let liar: LyingMaster;
  let client: Client;
  let logins: number;
  let accepted: string;
  let password: () => string;

  const logins401 = (seen: Seen): boolean =>
    seen.headers.authorization !== `Basic ${Buffer.from('gate:pässword').toString('base64')}`;

  beforeEach(async () => {
    logins = 0;
    accepted = 'TWISTED_SESSION=user1';
    password = () => 'pässword';
    now.value = 0;
    liar = await startLyingMaster((seen, response) => {
      if (seen.url === '/auth/login') {
        logins += 1;
        if (logins401(seen)) {
          response.writeHead(401);
          response.end('Unauthorized');
        } else logIn(response, `user${logins}`);
      } else if (seen.headers.cookie !== accepted) rpcError(response, 403, forbidden);
      else json(response, { result: null });
    });
    client = clientOf(liar.url, { username: 'gate', password: () => password(), clock });
  });
  afterEach(async () => {
    await client.master.close();
    await liar.close();
  });
  const stop = (): Promise<string> => client.master.stop(1 as never, 'enough');

  it('logs in before its first control call and takes the last cookie', async () => {
    expect(await stop()).to.equal('asked');
    expect(liar.seen.map(({ method, url }) => `${method} ${url}`)).to.deep.equal([
      'GET /auth/login',
      'POST /api/v2/builds/1',
    ]);
    expect(liar.seen[1]!.headers.cookie).to.equal('TWISTED_SESSION=user1');
  });

  it('logs in once, however many calls need it', async () => {
    const outcomes = await Promise.all(Array.from({ length: 30 }, stop));
    expect(new Set(outcomes)).to.deep.equal(new Set(['asked']));
    expect(logins).to.equal(1);
  });

  it('logs in once more after a 403, when the cookie has expired', async () => {
    await stop();
    accepted = 'TWISTED_SESSION=user2';
    now.value += 60_000;
    expect(await Promise.all([stop(), stop(), stop()])).to.deep.equal(['asked', 'asked', 'asked']);
    expect(logins).to.equal(2);
  });

  it('gives up when the 403 stays after the new login', async () => {
    await stop();
    accepted = 'nobody';
    now.value += 60_000;
    const before = liar.seen.length;
    expect(await stop()).to.equal('forbidden');
    expect(liar.seen.length - before).to.equal(3);
  });

  it('does not log in again for a 403 to a cookie that it has just got', async () => {
    accepted = 'nobody';
    expect(await stop()).to.equal('forbidden');
    expect(await stop()).to.equal('forbidden');
    expect(logins).to.equal(1);
  });

  it('asks for the password at each login, so that a changed one is taken', async () => {
    password = () => 'old';
    expect(await stop()).to.equal('failed');
    password = () => 'pässword';
    accepted = 'TWISTED_SESSION=user2';
    expect(await stop()).to.equal('asked');
  });

  it('says that the master refuses the password, and where to change it', async () => {
    password = () => 'wrong';
    const findings = await client.master.check();
    const login = findings.find(({ part }) => part === 'login');
    expect(login?.level).to.equal('error');
    expect(login?.sentence).to.include("refuses the login of 'gate'").and.to.include('password file');
  });

  it('says that the password cannot be read, without calling the master', async () => {
    password = () => {
      throw new Error('ENOENT: no such file');
    };
    const outcome = await client.master.force({ builders: ['a'], marker: 'm', fields: {} });
    expect(outcome.kind).to.equal('not-ready');
    expect(outcome.kind === 'not-ready' && outcome.why)
      .to.include('ENOENT')
      .and.to.include('password_file');
    expect(liar.seen).to.have.length(0);
  });

  it('reads without logging in where reads are open', async () => {
    liar.answer((_, response) => json(response, { buildsets: [] }));
    expect(await client.master.newestBuildset()).to.equal(0);
    expect(logins).to.equal(0);
  });

  it('logs in for a read where the master lets nobody read', async () => {
    liar.answer((seen, response) => {
      if (seen.url === '/auth/login') logIn(response, 'reader');
      else if (seen.headers.cookie === undefined) json(response, { error: 'no' }, 403);
      else json(response, { buildsets: [{ bsid: 3 }] });
    });
    expect(await client.master.newestBuildset()).to.equal(3);
  });

  const strange: readonly (readonly [string, number, readonly string[], string])[] = [
    ['a redirect to an OAuth page without a session', 302, [], 'OAuth'],
    ['a cookie of another name', 302, ['tracking=1'], 'OAuth'],
    ['no such page', 404, [], 'no login'],
    ['a failing master', 503, [], "could not log 'gate' in"],
  ];
  for (const [name, status, cookies, says] of strange) {
    it(`does not take a login for done that answers with ${name}`, async () => {
      liar.answer((_, response) => {
        response.writeHead(status, { 'Set-Cookie': [...cookies] });
        response.end();
      });
      const findings = await client.master.check();
      expect(findings.find(({ part }) => part === 'login')?.sentence).to.include(says);
    });
  }

  it('rejects a read with the login error, not with the 403', async () => {
    password = () => 'wrong';
    const error = await refusal(client.master.newestBuildset());
    expect(error.fault).to.equal('login');
    expect(error.retry).to.equal('permanent');
  });
});
