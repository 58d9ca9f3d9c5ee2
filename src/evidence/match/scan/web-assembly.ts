// What we use of WebAssembly: TypeScript declares it for browsers only.

/** Never grown, so its buffer stays the same. */
export interface ScannerMemory {
  readonly buffer: ArrayBuffer;
}

interface WebAssemblyHere {
  readonly Memory: new (size: { initial: number; maximum: number }) => ScannerMemory;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: { host: { memory: ScannerMemory } },
  ) => { readonly exports: Readonly<Record<string, unknown>> };
}

export const webAssembly = (globalThis as typeof globalThis & { readonly WebAssembly: WebAssemblyHere })
  .WebAssembly;

const page = 65_536;

/** Memory of at least so many bytes. */
export function scannerMemory(bytes: number): ScannerMemory {
  const pages = Math.ceil(bytes / page);
  return new webAssembly.Memory({ initial: pages, maximum: pages });
}
