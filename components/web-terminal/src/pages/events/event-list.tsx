/** Events as a short list, for overview and details. */

import type { Event } from '@zhiyun/contracts';
import { Flex, Typography, theme } from 'antd';
import { useTranslation } from 'react-i18next';
import { TargetLink } from '../../components/named-link.tsx';
import { SeverityBadge } from '../../components/state-badge.tsx';
import { RelativeTime } from '../../components/time.tsx';
import { sentenceOf } from '../../util/term.ts';

export function EventList({ events, withSubject = true }: { events: readonly Event[]; withSubject?: boolean }) {
  useTranslation('events');
  const { token } = theme.useToken();
  return (
    <Flex vertical component="ul" gap={token.marginSM} style={{ listStyle: 'none', margin: 0, padding: 0 }}>
      {events.map((event) => (
        <Flex key={event.seq} component="li" gap={token.marginXS} align="baseline">
          <span style={{ flexShrink: 0, minWidth: 60 }}>
            <SeverityBadge severity={event.severity} />
          </span>
          <span style={{ flex: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
            {sentenceOf(event)} {withSubject && <TargetLink target={event.subject} />}
          </span>
          <Typography.Text type="secondary" style={{ flexShrink: 0 }}>
            <RelativeTime at={event.at} />
          </Typography.Text>
        </Flex>
      ))}
    </Flex>
  );
}
