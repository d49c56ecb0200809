/** The frame around a service group, its title, which lies above every line, and the one card that a group too large to be drawn is collapsed into. */
import { ArrowRightOutlined } from '@ant-design/icons';
import type { Node, NodeProps } from '@xyflow/react';
import { componentStates } from '@zhiyun/contracts';
import { Flex, Typography, theme } from 'antd';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../../util/format.ts';
import type { ServiceGroup } from '../model/service-groups.ts';
import { ComponentStateMark, colourOf } from '../state-mark.tsx';
import { Ports } from './component-card.tsx';

export type FrameNode = Node<Record<string, never>, 'frame'>;
export type TitleNode = Node<{ group: ServiceGroup }, 'title'>;
export type CollapsedNode = Node<{ group: ServiceGroup; dimmed: boolean }, 'collapsed'>;

export const GroupFrame = memo(function GroupFrame() {
  const { token } = theme.useToken();
  return (
    <div
      style={{
        height: '100%',
        border: `1px solid ${token.colorBorderSecondary}`,
        borderRadius: token.borderRadiusLG + 6,
        background: token.colorBgLayout,
      }}
    >
      <Ports />
    </div>
  );
});

export const GroupTitle = memo(function GroupTitle({ data: { group } }: NodeProps<TitleNode>) {
  const { t, i18n } = useTranslation(['domain', 'common']);
  const { token } = theme.useToken();
  const { counts, total, type } = group;
  return (
    <Flex align="center" style={{ height: '100%', paddingInline: 12 }}>
      <Flex
        align="center"
        gap={8}
        style={{ paddingInline: 4, borderRadius: token.borderRadius, background: token.colorBgLayout }}
      >
        <Typography.Text strong style={{ whiteSpace: 'nowrap' }}>
          {t(`common:componentType.${type}`)}
        </Typography.Text>
        <Typography.Text type="secondary" style={{ fontSize: token.fontSizeSM, whiteSpace: 'nowrap' }}>
          {t('domain:groupOnline', {
            online: formatNumber(counts.online, i18n.language),
            total: formatNumber(total, i18n.language),
          })}
        </Typography.Text>
      </Flex>
    </Flex>
  );
});

export const CollapsedCard = memo(function CollapsedCard({ data: { group, dimmed } }: NodeProps<CollapsedNode>) {
  const { t, i18n } = useTranslation('domain');
  const { token } = theme.useToken();
  const { counts, total } = group;
  return (
    <Flex
      vertical
      justify="space-between"
      className="domain-card"
      // All of it is in the name of the card.
      aria-hidden
      style={{
        height: '100%',
        padding: '12px 16px',
        background: token.colorBgContainer,
        border: `1px solid ${token.colorBorderSecondary}`,
        borderRadius: token.borderRadiusLG,
        boxShadow: `3px 3px 0 -1px ${token.colorBgContainer}, 3px 3px 0 0 ${token.colorBorder}, 6px 6px 0 -1px ${token.colorBgContainer}, 6px 6px 0 0 ${token.colorBorderSecondary}`,
        filter: dimmed ? 'saturate(0.2)' : undefined,
      }}
    >
      <Flex justify="space-between" align="baseline">
        <Typography.Text style={{ fontSize: token.fontSizeHeading2, lineHeight: 1.1 }}>
          {formatNumber(total, i18n.language)}
        </Typography.Text>
        <Typography.Text style={{ color: token.colorLink, fontSize: token.fontSizeSM }}>
          {t('openGroup')} <ArrowRightOutlined aria-hidden />
        </Typography.Text>
      </Flex>
      {/* How much of the group is in which state, at a glance. */}
      <Flex aria-hidden style={{ height: 4, borderRadius: 2, overflow: 'hidden', gap: 2 }}>
        {componentStates
          .filter((state) => counts[state] > 0)
          .map((state) => (
            <span
              key={state}
              style={{ flex: `${counts[state]} 1 0`, minWidth: 4, background: colourOf(state, token) }}
            />
          ))}
      </Flex>
      <Flex gap="middle" style={{ fontSize: token.fontSizeSM }}>
        {componentStates.map((state) => (
          <ComponentStateMark key={state} state={state} count={counts[state]} />
        ))}
      </Flex>
      <Ports />
    </Flex>
  );
});
