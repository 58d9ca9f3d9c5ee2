// Where the code of the reader's thread is: beside this file when built; when run from source it comes by way of the loader.

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** What a `Worker` is started with. */
export function threadEntry(): URL {
  if (!import.meta.url.endsWith('.ts')) return new URL('./thread.js', import.meta.url);
  // A thread does not take over the loader of its process (tsx on Node 20), so it registers its own. Only tests run from source.
  const loader = JSON.stringify(pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm')).href);
  const entry = JSON.stringify(new URL('./thread.ts', import.meta.url).href);
  const code = `import { register } from 'node:module'; register(${loader}, { data: {} }); await import(${entry});`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}
