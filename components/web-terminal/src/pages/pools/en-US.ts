import type { Catalogue } from '../../locales/catalogue.ts';
import type zh from './zh-CN.ts';

export default {
  title: 'Compute pools',
  create: 'Create pool',
  empty: 'No compute pools yet',
  column: {
    name: 'Name',
    nodes: 'Nodes',
    instances: 'Instances',
    cores: 'CPU',
    memory: 'Memory',
    disk: 'Disk',
    createdAt: 'Created',
    actions: 'Actions',
  },
  facts: 'Facts',
  capacity: 'Capacity',
  nodes: 'Its nodes',
  noNodes: 'No node in this pool yet',
  noNodesHint: 'Nodes are moved into it on the Nodes page.',
  instances: 'Show {{count}}',
  storageMode: { label: 'Storage', local: 'Local disks' },
  networkMode: { label: 'Network', private: 'Private' },
  cpuOvercommit: 'CPU overcommit',
  diskOvercommit: 'Disk overcommit',
  ratio: '{{value}} ×',
  form: {
    createTitle: 'Create compute pool',
    editTitle: 'Edit compute pool',
    cpuHint: 'Virtual CPUs that may be allocated per physical core.',
    diskHint: 'Disks take space as they are written; this much more may be allocated.',
    created: 'Pool “{{name}}” was created',
    saved: 'Saved',
  },
  delete: {
    title: 'Delete pool “{{name}}”?',
    detail: 'It cannot be brought back.',
    done: 'Pool “{{name}}” was deleted',
    hasInstances: 'Instances still in it: {{count}}',
    hasNodes: 'Nodes still in it: {{count}}',
  },
} satisfies Catalogue<typeof zh>;
