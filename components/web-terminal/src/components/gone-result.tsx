/** A page of something that is no more: what became of it, when and by whom, and the way back. */

import { useQuery } from '@tanstack/react-query';
import type { TargetKind } from '@zhiyun/contracts';
import { Button, Result } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { isNotFound } from '../api/errors.ts';
import { paths } from '../app/paths.ts';
import { eventQueries } from '../pages/events/queries.ts';
import { operationQueries } from '../pages/operations/queries.ts';
import { formatDateTime } from '../util/format.ts';
import { kindName } from '../util/term.ts';
import { ErrorResult } from './error-result.tsx';
import { Page } from './page.tsx';

type GoneKind = Extract<TargetKind, 'instance' | 'node' | 'compute-pool'>;

interface Ending {
  event: string;
  /** Does the deleting; it knows who wanted it. */
  operation?: string;
}
const endings: Record<GoneKind, Ending> = {
  instance: { event: 'instance.deleted', operation: 'instance.delete' },
  node: { event: 'node.removed', operation: 'component.remove' },
  'compute-pool': { event: 'compute-pool.deleted' },
};

interface GoneResultProps {
  error: unknown;
  onRetry: () => void;
  kind: GoneKind;
  /** Of what the page was about: its id, or a name that was in the address. */
  id: string;
  back: { to: string; label: string };
}

/** Instead of `ErrorResult` where the thing may have been deleted. */
export function GoneResult(props: GoneResultProps) {
  const { error, onRetry, back } = props;
  if (!isNotFound(error)) {
    return (
      <Page title={back.label}>
        <ErrorResult error={error} onRetry={onRetry} />
      </Page>
    );
  }
  return <Gone {...props} />;
}

function Gone({ kind, id, back }: GoneResultProps) {
  const { t, i18n } = useTranslation();
  const ending = endings[kind];
  const { data: events } = useQuery(eventQueries.list({ subject: id, kind: ending.event, limit: 1 }));
  const { data: operations } = useQuery({
    ...operationQueries.list({ target: id, limit: 20 }),
    enabled: ending.operation !== undefined,
  });
  const event = events?.items[0];
  const operation = operations?.items.find((each) => each.kind === ending.operation);
  const by = event?.actor?.username ?? operation?.createdBy?.username;
  const words = event && {
    kind: kindName(kind),
    name: event.subject.name,
    at: formatDateTime(event.at, i18n.language),
  };
  const title = words ? t('gone.title', words) : t('notFound.title');
  return (
    <Page title={title} hideTitle>
      <Result
        status="404"
        title={<h1 style={{ font: 'inherit', margin: 0 }}>{title}</h1>}
        subTitle={words ? (by ? t('gone.detailBy', { ...words, by }) : t('gone.detail', words)) : t('notFound.detail')}
        extra={[
          <Link key="back" to={back.to}>
            <Button type="primary">{t('gone.back', { where: back.label })}</Button>
          </Link>,
          ...(operation
            ? [
                <Link key="operation" to={paths.operation(operation.id)}>
                  <Button>{t('operationEnded.view')}</Button>
                </Link>,
              ]
            : []),
        ]}
      />
    </Page>
  );
}
