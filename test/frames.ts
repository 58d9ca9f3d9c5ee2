// Cuts a stream of client's bytes into whole requests, so that a fault hits one request and not half of it.

/** How many bytes the first whole request has; 0: not all of it is there yet. */
export type Framing = (bytes: Buffer) => number;

/** Every chunk is a request. */
export const chunks: Framing = (bytes) => bytes.length;

/** HTTP/1.1 with Content-Length, as node-fetch sends it; what follows an upgrade is passed as it comes. */
export const httpRequests: Framing = (bytes) => {
  if (!/^[A-Z]{1,7}( |$)/.test(bytes.subarray(0, 8).toString('latin1'))) return bytes.length;
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return 0;
  const length = /^content-length: *(\d+)\r?$/im.exec(bytes.subarray(0, end).toString('latin1'))?.[1] ?? '0';
  const total = end + 4 + Number(length);
  return bytes.length < total ? 0 : total;
};

const header = 12;

/** Gearman's binary packets, and its admin protocol's lines. */
export const gearmanPackets: Framing = (bytes) => {
  if (bytes[0] !== 0) return bytes.indexOf('\n') + 1;
  if (bytes.length < header) return 0;
  const total = header + bytes.readUInt32BE(8);
  return bytes.length < total ? 0 : total;
};
