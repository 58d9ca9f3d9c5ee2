// Stands in for the two paths by which Buildbot gives logs: any step has one stdio log, a block of regrtest's lines again and again.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { seededLog } from './match-corpus.ts';

const blockBytes = 4_000_000;

export interface LogMaster {
  readonly url: string;
  /** Bytes that a reader gets of each log. */
  readonly bytes: number;
  readonly close: () => void;
}

/** The block twice, so that whatever begins in the first goes on in the second, and where each line of it begins. */
function twice(): { readonly text: string; readonly starts: readonly number[] } {
  const block = seededLog(blockBytes, 11).toString('latin1').replace(/^/gm, 'o').replace(/o$/, '');
  const text = block + block;
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return { text, starts };
}

/** Listens; each log has about so many bytes. */
export async function startLogMaster(wanted: number): Promise<LogMaster> {
  const { text, starts } = twice();
  const perBlock = (starts.length - 1) / 2;
  const blocks = Math.max(1, Math.round(wanted / (text.length / 2)));
  const contents = (offset: number, limit: number): string => {
    const first = offset % perBlock;
    return text.slice(starts[first], starts[first + Math.min(limit, perBlock)]);
  };
  const answer = (path: string): object | null => {
    const step = /^\/api\/v2\/steps\/(\d+)\/logs$/.exec(path)?.[1];
    const row = { slug: 'stdio', type: 's', num_lines: perBlock * blocks, complete: true };
    if (step !== undefined) return { logs: [{ logid: Number(step), ...row }] };
    const [, offset, limit] = /^\/api\/v2\/logs\/\d+\/contents\?offset=(\d+)&limit=(\d+)$/.exec(path) ?? [];
    if (offset === undefined || limit === undefined) return null;
    return { logchunks: [{ content: contents(Number(offset), Number(limit)) }] };
  };
  const server = createServer((request, response) => {
    const document = answer(request.url ?? '');
    response.writeHead(document === null ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(document ?? { error: 'a stand-in has no such path' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    bytes: blocks * Buffer.byteLength(text.slice(0, text.length / 2)),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
