/** The button with the number of running operations, and their live progress. */

import { LoadingOutlined, ScheduleOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Badge, Button, Flex, Popover, Typography, theme } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { OperationProgress } from '../../components/operation-progress.tsx';
import { operationQueries } from '../../pages/operations/queries.ts';
import { operationName } from '../../util/term.ts';
import { paths } from '../paths.ts';

export function RunningOperations() {
  const { t } = useTranslation();
  const { token } = theme.useToken();
  const [open, setOpen] = useState(false);
  const { data } = useQuery(operationQueries.active());
  const running = data?.items ?? [];
  const count = running.length;
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      open={open}
      onOpenChange={setOpen}
      title={t('running.title')}
      content={
        <Flex vertical gap="small" style={{ width: 'min(320px, calc(100vw - 64px))' }}>
          {count === 0 && <Typography.Text type="secondary">{t('running.none')}</Typography.Text>}
          {running.slice(0, 6).map((operation) => (
            <Link
              key={operation.id}
              to={paths.operation(operation.id)}
              onClick={() => setOpen(false)}
              style={{ color: token.colorText }}
            >
              <Flex justify="space-between" gap="small">
                <Typography.Text ellipsis>{operation.target.name}</Typography.Text>
                <Typography.Text type="secondary" style={{ flexShrink: 0 }}>
                  {operationName(operation.kind)}
                </Typography.Text>
              </Flex>
              <OperationProgress operation={operation} />
            </Link>
          ))}
          <Link to={paths.operations} onClick={() => setOpen(false)}>
            {t('running.all')}
          </Link>
        </Flex>
      }
    >
      <Badge count={count} size="small" overflowCount={49} offset={[-6, 6]}>
        <Button
          type="text"
          icon={count > 0 ? <LoadingOutlined /> : <ScheduleOutlined />}
          aria-label={t('running.button', { count })}
          aria-haspopup="dialog"
          aria-expanded={open}
        />
      </Badge>
    </Popover>
  );
}
