// What a bad job's arguments may look like, and what its one line must say.

import { change, commitOf } from './gate.ts';

export const escapes = '\u001b[2J\u001b]0;owned\u0007';
export const tags = '<script>alert(1)</script><img src=x onerror=alert(1)>"><svg onload=alert(1)>';

export interface Bad {
  readonly title: string;
  readonly payload: string | Buffer | object;
  /** Default: `build:strict`. */
  readonly function?: string;
  readonly says: RegExp;
}

export function without(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(change('left out')).filter(([name]) => !names.includes(name)));
}

export function asked(more: Readonly<Record<string, unknown>>): object {
  return { ...change('bad'), ...more };
}

export const unreadable: readonly Bad[] = [
  { title: 'nothing at all', payload: '', says: /no JSON/ },
  { title: 'text that is no JSON', payload: `${tags}${escapes}`, says: /no JSON/ },
  { title: 'half an object', payload: '{"ZUUL_BRANCH": "ma', says: /no JSON/ },
  { title: 'a list', payload: [change('bad')], says: /no object/ },
  { title: 'null', payload: 'null', says: /no object/ },
  { title: 'a number', payload: '7', says: /no object/ },
  { title: 'bytes that are no UTF-8', payload: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), says: /UTF-8/ },
  { title: '16 MB', payload: JSON.stringify(asked({ ZUUL_PAD: 'x'.repeat(16 << 20) })), says: /1 MiB/ },
  { title: 'lists nested 10,000 deep', payload: '['.repeat(10_000), says: /64 levels/ },
  {
    title: 'objects nested 10,000 deep',
    payload: `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
    says: /64/,
  },
  {
    title: 'an object of 5,000 parameters',
    says: /1000 parameters/,
    payload: Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`P${at}`, 'x'])),
  },
  {
    title: 'all parameters only in __proto__',
    payload: `{"__proto__": ${JSON.stringify(change('bad'))}}`,
    says: /no branch/,
  },
];

export const misplaced: readonly Bad[] = [
  { title: 'a number for the branch', payload: asked({ ZUUL_BRANCH: 3.1 }), says: /ZUUL_BRANCH is no text/ },
  {
    title: 'a list for the commit',
    payload: asked({ ZUUL_COMMIT: [commitOf('bad')] }),
    says: /ZUUL_COMMIT is no text/,
  },
  {
    title: 'an object for the project',
    payload: asked({ ZUUL_PROJECT: { name: 'cpython' } }),
    says: /ZUUL_PROJECT is no text/,
  },
  { title: 'the branch ../../x', payload: asked({ ZUUL_BRANCH: '../../x' }), says: /branch "..\/..\/x"/ },
  {
    title: 'a branch that begins an option',
    payload: asked({ ZUUL_BRANCH: '--upload-pack=x' }),
    says: /no name that git takes/,
  },
  {
    title: 'a branch outside the job',
    payload: asked({ ZUUL_BRANCH: 'stable' }),
    says: /"stable" is not among/,
  },
  { title: 'a branch of tags', payload: asked({ ZUUL_BRANCH: '<b>bold</b>' }), says: /is not among/ },
  {
    title: 'another branch than the function names',
    payload: asked({ ZUUL_BRANCH: '3.12' }),
    function: 'build:strict:main',
    says: /asks for branch "main", the parameters for "3.12"/,
  },
  {
    title: 'a ref that begins an option',
    payload: asked({ ZUUL_REF: '-oProxyCommand=x' }),
    says: /ZUUL_REF/,
  },
  { title: 'a ref with a way up', payload: asked({ ZUUL_REF: 'refs/heads/../../x' }), says: /ZUUL_REF/ },
  { title: 'another project', payload: asked({ ZUUL_PROJECT: 'pip' }), says: /project "pip" is not served/ },
  { title: 'a project of tags', payload: asked({ ZUUL_PROJECT: tags }), says: /is not served/ },
  {
    title: 'a repository outside the job',
    payload: asked({ ZUUL_URL: 'https://evil.example' }),
    says: /not among those of job strict/,
  },
  { title: 'a local repository', payload: asked({ ZUUL_URL: 'file:///etc' }), says: /not reached by http/ },
  {
    title: 'a repository that runs a command',
    payload: asked({ ZUUL_URL: 'ext::sh' }),
    says: /not reached by http/,
  },
  { title: 'no repository', payload: without('ZUUL_URL'), says: /ZUUL_URL is missing/ },
  { title: 'no branch', payload: without('ZUUL_BRANCH'), says: /no branch/ },
  {
    title: 'no commit, as a periodic job',
    payload: without('ZUUL_COMMIT', 'ZUUL_REF', 'ZUUL_CHANGE'),
    says: /ZUUL_COMMIT is missing/,
  },
  {
    title: 'forty zeros, as a deleted ref',
    payload: asked({ ZUUL_COMMIT: '0'.repeat(40) }),
    says: /all zeros/,
  },
  {
    title: 'a commit of 39 digits',
    payload: asked({ ZUUL_COMMIT: 'a'.repeat(39) }),
    says: /40 or 64 hex digits/,
  },
  {
    title: 'a commit that is an option',
    payload: asked({ ZUUL_COMMIT: '--output=/tmp/x' }),
    says: /40 or 64 hex digits/,
  },
];

const everyField = [
  'ZUUL_UUID',
  'ZUUL_PROJECT',
  'ZUUL_PIPELINE',
  'ZUUL_URL',
  'ZUUL_BRANCH',
  'ZUUL_REF',
  'ZUUL_COMMIT',
  'ZUUL_CHANGE',
  'LOG_PATH',
];
export const controls: readonly Bad[] = everyField.flatMap((field) => {
  const before = change('bad')[field] ?? '';
  return ['\u001b[31m', '\r\nX-Forged: 1', '\u0000', '\u009b2J'].map((text): Bad => {
    const payload = asked({ [field]: `${before}${text}` });
    return {
      title: `${JSON.stringify(text)} in ${field}`,
      payload,
      says: new RegExp(`parameter ${field} holds control`),
    };
  });
});
export const inName: Bad = {
  title: 'controls in a name',
  payload: asked({ [`ZUUL_${escapes}`]: 'x' }),
  says: /name of a parameter/,
};
