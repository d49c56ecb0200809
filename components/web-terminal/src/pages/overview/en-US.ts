import type { Catalogue } from '../../locales/catalogue.ts';
import type zh from './zh-CN.ts';

export default {
  title: 'Overview',
  subtitle: '{{domain}} · version {{version}} · up {{uptime}}',
  capacity: 'Capacity',
  instances: 'Instances by state',
  nodes: 'Nodes',
  components: 'Components',
  recentOperations: 'Recent operations',
  recentEvents: 'Recent events',
  noOperations: 'No operations yet',
  noEvents: 'No events yet',
  componentsOnline: '{{online}} of {{all}} online',
  next: {
    title: 'Getting started',
    imageTitle: 'Upload an image',
    image: 'An ISO or a disk image that instances start from.',
    imageAction: 'Upload image',
    instanceTitle: 'Create an instance',
    instance: 'Choose an image and a size; it starts in seconds.',
    instanceAction: 'Create instance',
    consoleTitle: 'Open its console',
    console: 'Watch its screen and use its serial terminal in the browser.',
    done: 'Done',
  },
} satisfies Catalogue<typeof zh>;
