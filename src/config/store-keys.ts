// What is known of the keys below store (key-table.ts).

import { address, restart, tlsFiles, type KeyEntry } from './key-entry.ts';

export const storeKeys: readonly KeyEntry[] = [
  { key: 'store', expects: 'a mapping', reload: restart, about: 'Where runs and their history are kept' },
  {
    key: 'store.driver',
    expects: 'embedded or redis',
    default: 'embedded',
    reload: restart,
    about: 'embedded: one folder, one daemon; redis: several daemons may share it',
  },
  {
    key: 'store.path',
    expects: 'the path of a folder',
    default: '/var/lib/gearbridge',
    reload: restart,
    about:
      'Folder of the embedded store, of the control socket and of caches; it is made; each daemon has its own',
  },
  {
    key: 'store.url',
    expects: 'a redis URL, such as redis://127.0.0.1:6379/0 (rediss with TLS)',
    reload: restart,
    about:
      'Only with driver: redis; with sentinels its host is the name by which they know the master, without a port',
  },
  {
    key: 'store.prefix',
    expects: '1 to 64 letters, digits, dots, hyphens and underscores',
    reload: restart,
    about: 'Only with driver: redis; begins the name of every key there; gearbridge where it is left out',
  },
  {
    key: 'store.password_file',
    expects: 'the path of a readable file with one line',
    reload: restart,
    about: 'Only with driver: redis; password there, instead of one in url; read anew for each connection',
  },
  {
    key: 'store.sentinels',
    expects: 'a list of at least one host:port',
    each: address,
    reload: restart,
    about: 'Only with driver: redis; Sentinels that say where the master is',
  },
  {
    key: 'store.sentinel_password_file',
    expects: 'the path of a readable file with one line',
    reload: restart,
    about: 'Password of the Sentinels; read anew as password_file is',
  },
  {
    key: 'store.cluster',
    expects: 'a list of at least one host:port',
    each: address,
    reload: restart,
    about: 'Only with driver: redis; further nodes of the Cluster of which url names one',
  },
  {
    key: 'store.tls',
    expects: 'a mapping with ca, or certificate and key, or host_names, or several of them',
    reload: restart,
    about:
      'For a rediss URL, its Sentinels and Cluster nodes: by default the public authorities, and no certificate of our own; the files are read anew for each connection',
  },
  ...tlsFiles('store.tls', 'Redis'),
  {
    key: 'store.tls.host_names',
    expects: 'true or false',
    reload: restart,
    about:
      'Whether a certificate must bear the host name, true where it is left out; Sentinels and Cluster nodes name one another by address',
  },
];
