// The part of abraxas 2.1.10 that is used here; the package has no types of its own. The function in `servers` and
// `endWork` are not documented there: the version is pinned, and the tests of this folder stand guard.

declare module 'abraxas' {
  import type { Duplex } from 'node:stream';

  /** What abraxas asks of a socket besides being a stream. */
  export type Transport = Duplex & {
    setNoDelay(on: boolean): unknown;
    setKeepAlive(on: boolean): unknown;
    ref(): unknown;
    unref(): unknown;
    readonly remoteAddress: string;
    readonly remotePort: number;
  };

  export interface WorkerTask {
    readonly jobid: string;
    /** An empty list where the payload is empty. */
    readonly payload: Buffer | string | readonly never[];
  }

  export interface ConnectOptions {
    /** Each is called once for a connection and must call back later, not at once. */
    readonly servers: ((onConnect: () => void) => Transport)[];
    readonly maxJobs: number;
    readonly defaultEncoding: 'buffer';
  }

  export class Client {
    static connect(options: ConnectOptions): Client;
    on(event: 'error' | 'warn' | 'connection-error', listener: (error: Error) => void): this;
    registerWorker(name: string, handler: (task: WorkerTask) => undefined): unknown;
    endWork(jobid: string): void;
    disconnect(): void;
  }
}
