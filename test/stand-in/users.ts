// Who may do what, and the cookie by which the stand-in knows them.

import { randomUUID } from 'node:crypto';

export type User = 'gate' | 'dev' | 'admin';

export interface Users {
  readonly passwords: Readonly<Record<User, string>>;
  /** The Set-Cookie lines of a login, the anonymous one first; null where name or password is wrong. */
  logIn(authorization: string | undefined): readonly string[] | null;
  /** Nobody for a cookie that it never gave. */
  who(cookie: string | undefined): User | null;
}

const name = 'TWISTED_SESSION';

export function createUsers(): Users {
  const passwords = { gate: randomUUID(), dev: randomUUID(), admin: randomUUID() };
  const sessions = new Map<string, User>();
  const session = (user: User | null): string => {
    const token = randomUUID();
    if (user !== null) sessions.set(token, user);
    return `${name}=${token}; Path=/`;
  };
  return {
    passwords,
    logIn(authorization = '') {
      const [, encoded = ''] = /^Basic (\S+)$/.exec(authorization) ?? [];
      const given = Buffer.from(encoded, 'base64').toString('utf8');
      const users: readonly User[] = ['gate', 'dev', 'admin'];
      const user = users.find((each) => given === `${each}:${passwords[each]}`);
      return user === undefined ? null : [session(null), session(user)];
    },
    who(cookie = '') {
      const [, token = ''] = new RegExp(`${name}=([^;]+)`).exec(cookie) ?? [];
      return sessions.get(token) ?? null;
    },
  };
}
