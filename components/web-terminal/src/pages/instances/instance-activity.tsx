/** The operations and events of one instance. */
import { useQuery } from '@tanstack/react-query';
import type { Instance } from '@zhiyun/contracts';
import { Col, Row, theme } from 'antd';
import { useTranslation } from 'react-i18next';
import { SectionCard } from '../../components/section-card.tsx';
import { EventList } from '../events/event-list.tsx';
import { eventQueries } from '../events/queries.ts';
import { OperationList } from '../operations/operation-list.tsx';
import { operationQueries } from '../operations/queries.ts';

const shown = 30;

export function InstanceActivity({ instance }: { instance: Instance }) {
  const { t } = useTranslation('instances');
  const { token } = theme.useToken();
  const { data: operations } = useQuery(
    operationQueries.list({ targetKind: 'instance', target: instance.id, limit: shown }),
  );
  const { data: events } = useQuery(eventQueries.list({ subjectKind: 'instance', subject: instance.id, limit: shown }));
  return (
    <Row gutter={[token.margin, token.margin]}>
      <Col xs={24} xl={12}>
        <SectionCard title={t('detail.operations')} empty={operations?.items.length === 0 && t('detail.noOperations')}>
          <OperationList operations={operations?.items ?? []} withTarget={false} />
        </SectionCard>
      </Col>
      <Col xs={24} xl={12}>
        <SectionCard title={t('detail.events')} empty={events?.items.length === 0 && t('detail.noEvents')}>
          <EventList events={events?.items ?? []} withSubject={false} />
        </SectionCard>
      </Col>
    </Row>
  );
}
