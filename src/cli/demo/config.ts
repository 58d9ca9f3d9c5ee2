// The configuration that the demo's daemon runs with: an ordinary one, as `config init` begins it.

export const jobName = 'demo-gate';

/** Builders of the fleet that prove a change here, by platform. */
export const fleet = {
  linux: 'AMD64 Debian 3.x',
  windows: 'AMD64 Windows 3.x',
  macos: 'ARM64 macOS 3.x',
} as const;

export interface ConfigParts {
  /** Of the pages. */
  readonly port: number;
  readonly buildbot: string;
  readonly gearman: string;
  readonly builders: Readonly<Record<string, string>>;
}

/** The file's text. What was left out has its default. */
export function configText({ port, buildbot, gearman, builders }: ConfigParts): string {
  const platforms = Object.entries(builders).map(([platform, name]) => `    ${platform}: ["${name}"]\n`);
  const names = Object.values(builders).map((name) => `"${name}"`);
  return `# The demo's own: it goes when the demo ends.
manager: gate.demo
gearman: { servers: ["${gearman}"] }
buildbot:
  url: "${buildbot}"
  username: gate
  password_file: buildbot.password
  force_scheduler: gate
store: { driver: embedded, path: store }
web: { listen: "127.0.0.1:${port}", public_url: "http://127.0.0.1:${port}/" }
fleet:
  stable: ["debian-amd64", "windows-amd64", "macos-arm64"]
  unstable: ["rawhide-*"]
  platforms:
${platforms.join('')}max_jobs: 5
jobs:
  - name: ${jobName}
    project: cpython
    repository: "https://git.example.org/cpython"
    builders: { names: [${names.join(', ')}] }
    policy: gate
policies:
  gate: { retries: 2 }
`;
}
