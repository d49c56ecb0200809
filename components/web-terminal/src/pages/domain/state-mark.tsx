/** The state of a component or a link: icon, word and colour say the same. */

import { CheckCircleFilled, CloseCircleFilled, ExclamationCircleFilled, SyncOutlined } from '@ant-design/icons';
import type { ComponentState, LinkState } from '@zhiyun/contracts';
import { Flex, type GlobalToken, theme } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../util/format.ts';
import { term } from '../../util/term.ts';

const icons: Record<LinkState, ReactNode> = {
  online: <CheckCircleFilled aria-hidden />,
  connecting: <SyncOutlined aria-hidden />,
  suspect: <ExclamationCircleFilled aria-hidden />,
  gone: <CloseCircleFilled aria-hidden />,
};

export function colourOf(state: LinkState, token: GlobalToken): string {
  const colours: Record<LinkState, string> = {
    online: token.colorSuccess,
    connecting: token.colorInfo,
    suspect: token.colorWarning,
    gone: token.colorError,
  };
  return colours[state];
}

function Mark({ state, children }: { state: LinkState; children: ReactNode }) {
  const { token } = theme.useToken();
  return (
    <Flex component="span" align="center" gap={5} style={{ whiteSpace: 'nowrap' }}>
      <span style={{ color: colourOf(state, token), transition: `color ${token.motionDurationSlow}` }}>
        {icons[state]}
      </span>
      <span>{children}</span>
    </Flex>
  );
}

export function ComponentStateMark({ state, count }: { state: ComponentState; count?: number }) {
  const { i18n } = useTranslation();
  return (
    <Mark state={state}>
      {term('component.state', state)}
      {count !== undefined && ` ${formatNumber(count, i18n.language)}`}
    </Mark>
  );
}

export function LinkStateMark({ state }: { state: LinkState }) {
  useTranslation();
  return <Mark state={state}>{term('link.state', state)}</Mark>;
}
