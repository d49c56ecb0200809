/** Short messages in the corner, in the one place that words them. */

import { operationEnded as hasEnded, type Operation } from '@zhiyun/contracts';
import { App } from 'antd';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { displayError, displayFault, isSessionLost } from '../api/errors.ts';
import { paths } from '../app/paths.ts';
import { partsFailed } from '../util/parts-failed.ts';
import { operationName } from '../util/term.ts';

export interface Notice {
  done(title: ReactNode): void;
  /** Something that was not even tried, and why. */
  refused(title: ReactNode): void;
  /** For things asked for and forgotten; forms show their errors at the field instead. */
  failed(error: unknown): void;
  operationEnded(operation: Operation): void;
}

export function useNotice(): Notice {
  const { notification, message } = App.useApp();
  const { t } = useTranslation();
  return useMemo(
    () => ({
      done(title) {
        void message.success(title);
      },
      refused(title) {
        notification.warning({ title, role: 'alert' });
      },
      failed(error) {
        if (isSessionLost(error)) return;
        const { title, detail } = displayError(error);
        notification.error({ title, description: detail, role: 'alert' });
      },
      operationEnded(operation) {
        const { state, kind, target, error, id } = operation;
        if (!hasEnded(state) || (state !== 'succeeded' && state !== 'failed' && state !== 'cancelled')) return;
        const parts = partsFailed(operation);
        const description = (
          <>
            <div>{target.name}</div>
            {error && <div>{parts ? t('operationEnded.parts', parts) : displayFault(error).title}</div>}
          </>
        );
        notification.open({
          key: id,
          type: state === 'succeeded' ? 'success' : state === 'failed' ? 'error' : 'warning',
          title: t(`operationEnded.${state}`, { kind: operationName(kind) }),
          description,
          actions: state === 'succeeded' ? undefined : <Link to={paths.operation(id)}>{t('operationEnded.view')}</Link>,
          role: state === 'failed' ? 'alert' : 'status',
          duration: state === 'succeeded' ? 4 : 0,
        });
      },
    }),
    [notification, message, t],
  );
}
