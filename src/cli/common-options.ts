// The options that every command has.

export interface CommonOptions {
  /** --config, else GEARBRIDGE_CONFIG, else /etc/gearbridge/gearbridge.yaml. */
  readonly config: string;
  /** Whether somebody named that file: then it must be right. */
  readonly configNamed: boolean;
  readonly json: boolean;
  readonly color: boolean;
  /** --url, else GEARBRIDGE_URL: the address of a daemon's web. */
  readonly url: string | null;
  /** --url was given on the command line, not by the environment. */
  readonly urlNamed: boolean;
}

const defaultConfig = '/etc/gearbridge/gearbridge.yaml';

function set(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : value;
}

/** The options as they came from the command line, completed by the environment. */
export function commonOptions(
  given: { config?: string; json?: boolean; color?: boolean; url?: string },
  from: { readonly env: Readonly<Record<string, string | undefined>>; readonly interactive: boolean },
): CommonOptions {
  const named = set(given.config) ?? set(from.env['GEARBRIDGE_CONFIG']);
  return {
    config: named ?? defaultConfig,
    configNamed: named !== null,
    json: given.json === true,
    color: given.color !== false && set(from.env['NO_COLOR']) === null && from.interactive,
    url: set(given.url) ?? set(from.env['GEARBRIDGE_URL']),
    urlNamed: set(given.url) !== null,
  };
}
