import type { Catalogue } from '../../locales/catalogue.ts';
import type zh from './zh-CN.ts';

export default {
  title: 'Operations',
  empty: 'No operations yet',
  emptyHint: 'Whatever takes a while, like creating an instance, shows its progress here.',
  column: {
    kind: 'Operation',
    target: 'Target',
    state: 'State',
    createdBy: 'By',
    createdAt: 'Started',
    duration: 'Took',
    actions: 'Actions',
  },
  filter: { state: 'All states', kind: 'All operations', active: 'Only running' },
  bySystem: 'Platform',
  steps: 'Steps',
  noSteps: 'No steps yet',
  facts: 'Facts',
  error: 'Why it failed',
  cancel: 'Cancel operation',
  cancelTitle: 'Cancel “{{kind}}”?',
  cancelDetail: 'The platform stops and undoes the steps that were done.',
  cancelRequested: 'Cancelling',
  notCancellable: 'It cannot be cancelled any more',
  retry: 'Retry undo',
  retryDetail: 'Some steps could not be undone. Mend the cause, then try again.',
  retried: 'The undo was started again',
  children: {
    title: 'Parts',
    parent: 'The operation it is a part of',
    counts:
      '{{total}} in all: {{succeeded}} succeeded, {{failed}} failed, {{running}} running, {{waiting}} waiting, {{cancelled}} cancelled, {{stuck}} need attention',
    more: 'and {{rest}} more',
    retry: 'Retry',
    retryAll: 'Retry the failed',
    retried: 'Started again',
  },
} satisfies Catalogue<typeof zh>;
