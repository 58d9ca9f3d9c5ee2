// What goes wrong around the tests: no space, no memory, no network. In a test's own traceback the exception says it; these are the rest.

import { sightOnce, type Scene } from '../scene.ts';
import type { LogLine } from '../line.ts';
import type { Rule, Tool } from '../tool.ts';

/** No space left, in the words of errno, of Windows and of quotas. */
export const fullDisk =
  /(?:No space left on device|There is not enough space on the disk|Disk quota exceeded|not enough free (?:disk )?space|database or disk is full)(?![\w'"]*\) \.\.\.)/i;

/** A remote host that cannot be reached or does not answer as it should. */
export const unreachable =
  /Temporary failure in name resolution|Name or service not known|nodename nor servname provided|No address associated with hostname|getaddrinfo (?:failed|returns)|Could not resolve (?:host|proxy)|unable to resolve|Network is unreachable|No route to host|network name is no longer available|HTTP Error 5\d\d|HTTP (?:code = )?50[0-9]\b|50[234] (?:Bad Gateway|Service (?:Temporarily )?Unavailable|Gateway Time-?out)/i;

const client =
  /^(?:curl: \((?:5|6|7|16|18|28|35|52|55|56|92)\) |(?:fatal|error|abort|curl|wget|ssh|E|ERROR|WARNING|pip|remote|rsync|svn)\b.*(?:after connection broken by|HTTP Error 5\d\d|unable to access|Could not read from remote repository|the remote end hung up|early EOF|RPC failed|unable to connect|Failed to connect|Connection (?:refused|reset|timed out|closed)|Operation timed out|Failed to fetch|Could not resolve|unable to resolve|requested URL returned error: 5\d\d|TLS connection was non-properly terminated|SSL_ERROR_SYSCALL|error: (?:\[Errno (?:-\d+|54|6[0-5]|10[0-4]|11[0-3]|1005\d|1006\d|11001)\]|Connection)))/i;

/** What git and hg say of anything else; some of it is said of a build that goes well. */
const refusal =
  /^(?:fatal|abort): (?!not a git repository|No names found|No tags|no upstream|no tag exactly|ambiguous argument)(\S.*)$/;

/** A download failed, and the client's own word may stand elsewhere. */
const download = /^(?:error|ERROR|Error): (?:fail(?:ed|ure) to download\b.*)$/;

/** pip looked for a package in vain. */
const notFound = /^ERROR: (?:Could not find a version that satisfies|No matching distribution found for) .*$/;

/** Lines in which a client goes on about one error. */
const aftermath = 5;

const memory =
  /(?:(?:Out of memory: )?Kill(?:ed)? process \d+|virtual memory exhausted|LLVM ERROR: out of memory|fatal error: Killed signal terminated program \w+|internal compiler error: Killed|terminated with signal 9\b|fatal error C1060|(?:compiler is|JavaScript heap) out of (?:heap space|memory)|cc1\w*: out of memory)/i;

function onMemory(_found: RegExpExecArray, scene: Scene, line: LogLine): boolean {
  if (scene.run.started) return false;
  sightOnce(scene, line, { kind: 'oom', file: null, message: line.text.trim() });
  return true;
}

function onFullDisk(_found: RegExpExecArray, scene: Scene, line: LogLine): boolean {
  if (/ \.\.\. (?:ok|skipped)/.test(line.text)) return false;
  sightOnce(scene, line, { kind: 'disk-full', strength: 'hinted', message: line.text.trim() });
  // The line may be more than that: a compiler's diagnostic, a test's end.
  return false;
}

export const machine: Tool = {
  name: 'machine',
  rules: [
    ...['pace', 'uota exceeded'].map((hint): Rule => ({ hint, pattern: fullDisk, take: onFullDisk })),
    ...['ill', 'emory', 'heap', 'C1060'].map((hint): Rule => ({ hint, pattern: memory, take: onMemory })),
    {
      hint: '',
      pattern: client,
      take: (_found, scene, line) => {
        if (scene.file !== null) return false;
        const last = scene.sightings.at(-1);
        // What a client says after its first word is what follows from it.
        if (last?.kind === 'network' && last.file === null && line.number - last.last <= aftermath)
          last.last = line.number;
        else sightOnce(scene, line, { kind: 'network', file: null, message: line.text.trim() });
        return true;
      },
    },
    {
      hint: 'to download',
      pattern: download,
      take: ([message], scene, line) => {
        if (scene.file !== null) return false;
        sightOnce(scene, line, { kind: 'network', strength: 'hinted', file: null, message });
        return true;
      },
    },
    {
      hint: 'ERROR: ',
      pattern: notFound,
      take: ([message], scene, line) => {
        if (scene.file !== null || scene.run.started) return false;
        const last = scene.sightings.at(-1);
        if (last?.message?.startsWith('ERROR: ') === true && line.number - last.last <= aftermath)
          last.last = line.number;
        else sightOnce(scene, line, { kind: 'other', strength: 'hinted', file: null, message });
        return true;
      },
    },
    {
      hint: ': ',
      pattern: refusal,
      take: (_found, scene, line) => {
        if (scene.file !== null || scene.run.started) return false;
        sightOnce(scene, line, { kind: 'other', strength: 'hinted', file: null, message: line.text.trim() });
        return true;
      },
    },
  ],
};
