// Who we are to the master: the login cookie, got once for all that ask at the same time (BUILDBOT.md section 3).

import { BuildbotError } from './buildbot-error.ts';
import type { Http, Reply } from './http.ts';
import { oneLine, reasonOf } from './one-line.ts';
import type { Settings } from './options.ts';

/** A 403 with a cookie younger than this is the master's opinion of us, not an expired cookie. Keeps refusals from becoming logins. */
const freshFor = 30_000;
const path = 'auth/login';

export interface Session {
  /** The Cookie header's value; null while nobody is logged in. */
  cookie(): string | null;
  /** Logs in if there is a user name and no cookie yet. */
  ensure(): Promise<void>;
  /**
   * After a 403 to a call that carried this cookie: true when another try with another cookie makes sense. Logs in at most
   * once, however many ask.
   */
  renew(refused: string | null): Promise<boolean>;
  /** Logs in anew; for the check. False when there is no user name. */
  login(): Promise<boolean>;
}

function refusal(reply: Reply, username: string): BuildbotError {
  const by = (retry: 'transient' | 'permanent', why: string): BuildbotError =>
    new BuildbotError({
      retry,
      fault: 'login',
      method: 'GET',
      path,
      status: reply.status,
      sent: true,
      why,
    });
  const user = oneLine(username, 80);
  if (reply.status === 401 || reply.status === 403) {
    return by(
      'permanent',
      `the master refuses the login of '${user}'; check buildbot.username and the password file`,
    );
  }
  if (reply.status === 404) {
    return by(
      'permanent',
      `the master has no login; leave out buildbot.username, or give the master an auth`,
    );
  }
  if (reply.status >= 500) {
    // An open 3.7 answers with 500 as well (measured): nothing tells the two apart here.
    return by(
      'transient',
      `the master could not log '${user}' in; if it has no auth, leave out buildbot.username`,
    );
  }
  return by(
    'permanent',
    `the login of '${user}' gave no session cookie; the master's auth may be one that takes no passwords (OAuth)`,
  );
}

// The anonymous session comes first and the user's last (measured); over TLS the name has SECURE in it.
function sessionCookie(reply: Reply): string | null {
  if (reply.status !== 302 && reply.status !== 200) return null;
  const pairs = reply.cookies.map((cookie) => cookie.split(';', 1)[0]?.trim() ?? '');
  return pairs.findLast((pair) => /^TWISTED_[A-Z_]*SESSION\w*=[\x21-\x3a\x3c-\x7e]+$/.test(pair)) ?? null;
}

async function passwordOf(settings: Settings): Promise<string> {
  try {
    return await settings.password();
  } catch (error) {
    const why = `the password could not be read (${reasonOf(error)}); check buildbot.password_file`;
    throw new BuildbotError(
      { retry: 'permanent', fault: 'login', method: 'GET', path, status: null, sent: false, why },
      { cause: error },
    );
  }
}

async function logIn(http: Http, settings: Settings, user: string): Promise<string> {
  const basic = Buffer.from(`${user}:${await passwordOf(settings)}`, 'utf8').toString('base64');
  const headers = { Authorization: `Basic ${basic}`, Accept: 'application/json' };
  const within = settings.deadlines.login;
  const reply = await http.exchange({ method: 'GET', path, verb: 'login', headers, within });
  const found = sessionCookie(reply);
  if (found === null) throw refusal(reply, user);
  return found;
}

/** The session of one master. */
export function createSession(http: Http, settings: Settings): Session {
  const { username, clock } = settings;
  let cookie: string | null = null;
  let loggedInAt = -Infinity;
  let underWay: Promise<void> | null = null;

  const renewCookie = async (user: string): Promise<void> => {
    cookie = await logIn(http, settings, user);
    loggedInAt = clock.now();
  };
  const login = async (): Promise<boolean> => {
    if (username === null) return false;
    underWay ??= renewCookie(username).finally(() => {
      underWay = null;
    });
    await underWay;
    return true;
  };

  return {
    cookie: () => cookie,
    async ensure() {
      if (cookie === null) await login();
    },
    async renew(refused) {
      if (username === null) return false;
      if (cookie !== null && cookie !== refused) return true;
      if (cookie !== null && clock.now() - loggedInAt < freshFor) return false;
      return login();
    },
    login,
  };
}
