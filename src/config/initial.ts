// The file that `config init` prints: the minimal sample with the address of the master filled in.

import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { parseWebUrl } from './address.ts';

export class InitialError extends Error {
  override readonly name = 'InitialError';
}

const sample = new URL('../../config/minimal.yaml', import.meta.url);

/** The text of a first configuration for the Buildbot master at a URL. Throws an `InitialError` for what is no http(s) URL. */
export function initial({ buildbot }: { readonly buildbot: string }): string {
  const url = parseWebUrl(buildbot);
  if (url === null) {
    throw new InitialError(
      `${JSON.stringify(buildbot.slice(0, 80))} is no address of a Buildbot master, expected an http or https URL without user, query and fragment`,
    );
  }
  const document = parseDocument(readFileSync(sample, 'utf8'));
  document.setIn(['buildbot', 'url'], url);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
