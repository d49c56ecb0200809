/** The walls as lists: who may import whom, and in which order the folders of a component lie. Told in docs/architecture.md. */

/** Workspace → what of ours its product files may import. A workspace without a row may import nothing of ours. */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  contracts: [],
  kernel: ['contracts'],
  store: ['contracts', 'kernel'],
  transaction: ['contracts', 'kernel', 'store'],
  link: ['contracts', 'kernel'],
  service: ['contracts', 'kernel', 'link'],
  'guest-image': ['contracts', 'kernel'],
  testkit: ['contracts', 'kernel', 'store', 'transaction', 'link', 'service'],
  // Truth is in PostgreSQL, and only these two know it.
  'data-server': ['contracts', 'kernel', 'link', 'service', 'store'],
  'control-server': ['contracts', 'kernel', 'link', 'service', 'store', 'transaction'],
  'node-client': ['contracts', 'kernel', 'link', 'service'],
  'storage-server': ['contracts', 'kernel', 'link', 'service'],
  'http-gateway': ['contracts', 'kernel', 'link', 'service'],
  'command-line': ['contracts', 'kernel', 'service', 'guest-image'],
  'web-terminal': ['contracts'],
};

/** These compose the others, or look at all of them. */
export const composers: readonly string[] = ['all-in-one', 'system-tests', 'benchmarks', 'sim', 'tools'];

/** What test files may import besides. */
export const testsMayImport: readonly string[] = ['testkit'];

/** The tests of the console in a browser run on the simulated platform. */
export const browserTestsMayImport: readonly string[] = ['sim-world', 'testkit'];

/**
 * Folders of a workspace's `src`, the lowest first: a file imports from its own group and from lower ones. Folders that are not
 * listed lie above all that are; so do the files beside the folders, but for those of libraries, which lie below.
 */
export const folderOrder: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'packages/link': [
    ['certificates', 'rpc'],
    ['dial'],
    ['discovery', 'http2', 'peer'],
    ['link-thread'],
    ['membership', 'memory'],
  ],
  'packages/store': [['tables'], ['connection', 'postgres'], ['event', 'move']],
  'components/control-server': [
    ['account', 'background', 'list', 'monitor', 'reference', 'rest', 'event'],
    ['identity', 'peers', 'placement'],
    ['instance'],
    ['compute-pool', 'console', 'join-token', 'node', 'operation'],
    ['component', 'image', 'system'],
  ],
  'components/web-terminal': [['api', 'app', 'components', 'door', 'locales', 'util'], ['pages']],
};

/** What a page asks the platform for, others may ask for, too. */
export const lowEverywhere = /\/pages\/[\w-]+\/queries\.ts$/;

/** Files that know rows do not know who asks for them. */
export const knowRows = /(?:-store|-rows)\.ts$/;
export const askForRows = /-handlers\.ts$|\/transactions\/|\/background\//;

/** Only here may a process be started. */
export const mayStartProcesses: readonly string[] = [
  'components/node-client/src/hypervisor/qemu/',
  'components/node-client/src/network/',
  'components/node-client/src/process/',
  'components/node-client/src/cgroup/',
  'components/storage-server/src/backend/',
  'components/all-in-one/src/host/',
  'components/all-in-one/src/doctor/',
  'packages/store/src/postgres/',
  'packages/guest-image/src/',
  'packages/transaction/src/testing/',
  'packages/testkit/',
  'system-tests/',
  'benchmarks/',
  'tools/',
  'sim/',
];

/** Only here may the environment be read. */
export const mayReadEnvironment: readonly RegExp[] = [
  /\/config\.ts$/,
  /^tools\//,
  /^system-tests\//,
  /^benchmarks\//,
  /^packages\/testkit\//,
  /^components\/command-line\/src\/main\.ts$/,
  /\.config\.ts$/,
  /\/e2e\//,
  /^packages\/transaction\/src\/testing\//,
  // Programs we start get the PATH and nothing else of it.
  /^packages\/store\/src\/postgres\//,
  // Vite, which serves the console in development, is told by it where the platform is.
  /^sim\/world\/src\/dev\.ts$/,
];

export const maxLines = 400;
