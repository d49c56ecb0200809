/** What can be done about an operation: cancel it, or try a stuck undo again. */

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type Operation, operationEnded } from '@zhiyun/contracts';
import { App } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { operationStarted } from '../../api/started-operations.ts';
import type { ActionItem } from '../../components/actions/action-item.ts';
import { useNotice } from '../../components/use-notice.tsx';
import { operationName } from '../../util/term.ts';

export function useOperationActions(): (operation: Operation) => ActionItem[] {
  const { t } = useTranslation(['operations', 'common']);
  const { modal } = App.useApp();
  const client = useQueryClient();
  const notice = useNotice();
  const may = useMay('operation:write');
  const cancel = useMutation({
    mutationFn: ({ id }: Operation) => api.cancelOperation({ params: { id } }),
    onSuccess: (operation) => operationStarted(client, operation),
    onError: notice.failed,
  });
  const retry = useMutation({
    mutationFn: ({ id }: Operation) => api.retryOperation({ params: { id } }),
    onSuccess: (operation) => {
      operationStarted(client, operation);
      notice.done(t(operation.state === 'undoing' ? 'operations:retried' : 'operations:children.retried'));
    },
    onError: notice.failed,
  });
  return (operation) => {
    const denied = may ? undefined : t('common:reason.role');
    if (operation.state === 'stuck' || operation.retryable) {
      const label = t(
        operation.state === 'stuck'
          ? 'operations:retry'
          : operation.children
            ? 'operations:children.retryAll'
            : 'operations:children.retry',
      );
      return [{ key: 'retry', label, reason: denied, run: () => retry.mutate(operation) }];
    }
    if (operationEnded(operation.state)) return [];
    const reason =
      denied ??
      (operation.cancelRequested
        ? t('operations:cancelRequested')
        : operation.cancellable
          ? undefined
          : t('operations:notCancellable'));
    return [
      {
        key: 'cancel',
        label: t('operations:cancel'),
        danger: true,
        reason,
        run: () =>
          void modal.confirm({
            title: t('operations:cancelTitle', { kind: operationName(operation.kind) }),
            content: t('operations:cancelDetail'),
            okText: t('operations:cancel'),
            okButtonProps: { danger: true },
            cancelText: t('common:action.close'),
            onOk: () => cancel.mutateAsync(operation).catch(() => undefined),
          }),
      },
    ];
  };
}
