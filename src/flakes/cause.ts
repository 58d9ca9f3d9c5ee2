// The kind of a failure by what was raised: a full disk is a full disk in whichever test it shows.

import type { Sighting } from './failure.ts';
import type { Kind } from './kind.ts';
import { fullDisk, unreachable } from './tools/machine.ts';

const resolver = /^(?:gaierror|herror)$/;
const connection =
  /^(?:SSLError|SSLEOFError|SSLZeroReturnError|SSLCertVerificationError|Connection\w*Error|IncompleteRead|RemoteDisconnected|timeout|TimeoutError|URLError|HTTPError|error_(?:temp|perm|proto|reply))$/;
/** What a remote server does to its clients, in the words of the modules that talk to it: local servers do it too. */
const served =
  /^(?:EOFError|abort|BadStatusLine|SMTPServerDisconnected|SMTPConnectError|NNTP(?:Temporary|Permanent|Reply)Error)$/;
const refused = /\[Errno socket error\]|Connection (?:timed out|refused|reset)/;
/** Classes and files that talk to hosts which are not ours; some that are called so have a server of their own. */
const remoteTest =
  /(?<!Threaded)Network(?!Connection)|\.RemoteIMAP|(?:^|\.)test_(?!\w*localnet)\w*net(?:\.|$)/;

function networkCause(sighting: Sighting): boolean {
  return sighting.raised.some(({ exception, message }) => {
    if (resolver.test(exception)) return true;
    const local = /127\.0\.0\.1|localhost|::1/.test(message);
    if (unreachable.test(message) && !local && exception !== 'AssertionError') return true;
    // A time-out that a test raised is the test's, also where it talks to a remote host.
    if (/^(?:timeout|TimeoutError)$/.test(exception)) return outsideTests(sighting);
    const remote = remoteTest.test(sighting.method ?? '');
    if (remote && (served.test(exception) || refused.test(message))) return !local;
    return connection.test(exception) && !local && (remote || outsideTests(sighting));
  });
}

/** What runs before and after tests, or without any: setUpModule, an import, a step of the build. */
function outsideTests(sighting: Sighting): boolean {
  const method = sighting.method?.split('.').at(-1);
  if (method === undefined)
    return !sighting.frames.some(({ name }) => /^(?:test\w*|.*\.test\w*)$/.test(name));
  return /^(?:setUp|tearDown)(?:Class|Module)$/.test(method);
}

/** The kind of a sighting, once its traceback is known. */
export function kindOf(sighting: Sighting): Kind {
  const { kind, raised } = sighting;
  if (kind !== 'test-failure' && kind !== 'other') return kind;
  if (raised.some(({ message }) => fullDisk.test(message) || message.startsWith('[Errno 28]')))
    return 'disk-full';
  const out = raised.at(-1);
  if (
    out?.exception === 'MemoryError' ||
    /Cannot allocate memory|paging file is too small/.test(out?.message ?? '')
  )
    return 'oom';
  if (networkCause(sighting)) return 'network';
  return kind;
}
