import type { Catalogue } from '../../locales/catalogue.ts';
import type zh from './zh-CN.ts';

export default {
  title: 'Events',
  empty: 'No events yet',
  emptyHint: 'What happens on the platform shows here in order of time.',
  column: { time: 'Time', severity: 'Severity', what: 'What happened', subject: 'Subject', actor: 'User' },
  filter: { severity: 'All severities', subjectKind: 'All subjects' },
  severity: { info: 'Info', warning: 'Warning', error: 'Error' },
  platform: 'Platform',
  live: 'Live',
} satisfies Catalogue<typeof zh>;
