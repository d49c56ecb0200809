/** Events as a short list, for overview and details. */
import type { Event } from '@zhiyun/contracts';
import { Flex, Typography, theme } from 'antd';
import { useTranslation } from 'react-i18next';
import { TargetLink } from '../../components/named-link.tsx';
import { SeverityBadge } from '../../components/state-badge.tsx';
import { RelativeTime } from '../../components/time.tsx';
import { eventSentence } from './event-sentence.ts';

export function EventList({ events, withSubject = true }: { events: readonly Event[]; withSubject?: boolean }) {
  useTranslation('events');
  const { token } = theme.useToken();
  return (
    <Flex vertical component="ul" gap={token.marginSM} style={{ listStyle: 'none', margin: 0, padding: 0 }}>
      {events.map((event) => (
        <Flex key={event.seq} component="li" justify="space-between" gap="small" align="baseline">
          <Flex gap="small" align="baseline" style={{ minWidth: 0 }} wrap>
            <SeverityBadge severity={event.severity} />
            <span>{eventSentence(event)}</span>
            {withSubject && <TargetLink target={event.subject} />}
          </Flex>
          <Typography.Text type="secondary" style={{ flexShrink: 0 }}>
            <RelativeTime at={event.at} />
          </Typography.Text>
        </Flex>
      ))}
    </Flex>
  );
}
