/** What the lines mean. */

import type { LinkState } from '@zhiyun/contracts';
import { Flex, theme } from 'antd';
import { useTranslation } from 'react-i18next';
import { term } from '../../../util/term.ts';
import { colourOf } from '../state-mark.tsx';
import { dashes } from './tie-line.tsx';

const order: readonly LinkState[] = ['online', 'connecting', 'suspect', 'gone'];

export function PictureLegend() {
  const { t } = useTranslation('domain');
  const { token } = theme.useToken();
  return (
    <Flex
      component="ul"
      aria-label={t('legend')}
      wrap
      gap="4px 16px"
      style={{ margin: 0, padding: 0, listStyle: 'none', fontSize: token.fontSizeSM, color: token.colorTextSecondary }}
    >
      {order.map((state) => (
        <Flex key={state} component="li" align="center" gap={6}>
          <svg width="28" height="6" aria-hidden="true">
            <line
              x1="0"
              x2="28"
              y1="3"
              y2="3"
              stroke={colourOf(state, token)}
              strokeWidth="2"
              {...(dashes[state] ? { strokeDasharray: dashes[state] } : {})}
            />
          </svg>
          {term('link.state', state)}
        </Flex>
      ))}
    </Flex>
  );
}
