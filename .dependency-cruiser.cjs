// Who may import whom: src/README.md says why.
const pure = '^src/(gate|fleet|flakes)/';
const adapters = '^src/(evidence|gearman|buildbot|store|config|observe|views)/';
const driver = (name, room) => ({
  name: `${name}-only-in-${room.replace(/\W+/g, '-')}`,
  severity: 'error',
  from: { path: '^src/', pathNot: `^src/${room}/` },
  to: { path: `node_modules/${name}/` },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'pure-rooms-import-nothing-outside',
      severity: 'error',
      from: { path: pure },
      to: { pathNot: pure },
    },
    {
      name: 'fleet-and-flakes-do-not-know-gate',
      severity: 'error',
      from: { path: '^src/(fleet|flakes)/' },
      to: { path: '^src/gate/' },
    },
    {
      name: 'fleet-and-flakes-are-strangers',
      severity: 'error',
      from: { path: '^src/(fleet|flakes)/' },
      to: { path: '^src/(fleet|flakes)/', pathNot: '^src/$1/' },
    },
    {
      name: 'adapters-import-only-the-pure-rooms',
      severity: 'error',
      from: { path: adapters },
      to: { path: '^src/', pathNot: ['^src/$1/', pure] },
    },
    {
      name: 'web-sees-views-only',
      severity: 'error',
      from: { path: '^src/web/' },
      to: { path: '^src/', pathNot: ['^src/web/', '^src/views/', pure] },
    },
    {
      name: 'cli-puts-together-what-needs-no-daemon',
      severity: 'error',
      from: { path: '^src/cli/', pathNot: '^src/cli/daemon\\.ts$' },
      // Doctor looks at the Redis itself.
      to: {
        path: '^src/(daemon|web|gearman|store|observe)/',
        pathNot: '^src/store/redis/look-at-redis\\.ts$',
      },
    },
    {
      name: 'servers-import-nothing-of-ours',
      severity: 'error',
      from: { path: '^src/servers/' },
      to: { path: '^src/', pathNot: '^src/servers/' },
    },
    {
      name: 'nobody-imports-daemon-but-its-command',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(daemon/|cli/daemon\\.ts$)' },
      to: { path: '^src/daemon/' },
    },
    driver('abraxas', 'gearman'),
    driver('gearman-packet', 'gearman'),
    driver('node-fetch', '(buildbot|cli)'),
    driver('ws', '(buildbot|web)'),
    driver('classic-level', 'store'),
    driver('ioredis', 'store/redis'),
    driver('pino', 'observe'),
    driver('prom-client', 'observe'),
    driver('commander', 'cli'),
    driver('xml2js', 'evidence'),
    driver('re2', 'evidence'),
    driver('re2js', 'evidence'),
    driver('zod', 'config'),
    driver('yaml', 'config'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
