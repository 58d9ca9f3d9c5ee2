// The one function of xml2js 0.6 that is used. What it gives is whatever the report holds, so it is unknown here, not any.

declare module 'xml2js' {
  /** Parses a document. Rejects where it is not well-formed; entities that are not XML's own are refused. */
  export function parseStringPromise(xml: string, options?: { readonly async?: boolean }): Promise<unknown>;
}
