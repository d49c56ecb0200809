/** One component in the picture. The card is a button of React Flow's: Tab reaches it, Enter opens it. */
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import type { Component } from '@zhiyun/contracts';
import { Flex, Typography, theme } from 'antd';
import { memo } from 'react';
import { RelativeTime } from '../../../components/time.tsx';
import type { Tie } from '../model/ties.ts';
import { ComponentStateMark, colourOf, LinkStateMark } from '../state-mark.tsx';

export type ComponentNode = Node<
  {
    component: Component;
    /** To what is looked at. */
    link: Tie | undefined;
    /** Something else is looked at. */
    dimmed: boolean;
    /** On the machine of what is looked at. */
    neighbour: boolean;
  },
  'component'
>;

/** Where ties begin and end; they cannot be dragged. */
export function Ports() {
  return (
    <>
      <Handle id="top" type="target" position={Position.Top} isConnectable={false} />
      <Handle id="bottom" type="source" position={Position.Bottom} isConnectable={false} />
      <Handle id="left" type="target" position={Position.Left} isConnectable={false} />
      <Handle id="right" type="source" position={Position.Right} isConnectable={false} />
    </>
  );
}

export const ComponentCard = memo(function ComponentCard({ data, selected }: NodeProps<ComponentNode>) {
  const { token } = theme.useToken();
  const { component, link, dimmed, neighbour } = data;
  const { name, state, since, addresses, version } = component;
  const colour = colourOf(state, token);
  const border = selected ? token.colorPrimary : state === 'online' ? token.colorBorderSecondary : colour;
  return (
    <div
      className="domain-card"
      // All of it is in the name of the card.
      aria-hidden
      style={{
        height: '100%',
        background: token.colorBgContainer,
        border: `1px ${neighbour && !selected ? 'dashed' : 'solid'} ${neighbour && !selected ? token.colorPrimary : border}`,
        borderRadius: token.borderRadiusLG,
        boxShadow: selected
          ? `inset 3px 0 0 ${colour}, 0 0 0 2px ${token.colorPrimary}`
          : `inset 3px 0 0 ${colour}, ${token.boxShadowTertiary}`,
      }}
    >
      {/* The words fade, the card stays: no line shows through it. */}
      <Flex
        vertical
        justify="space-between"
        className="domain-words"
        style={{
          height: '100%',
          padding: '9px 12px 9px 14px',
          opacity: dimmed ? 0.84 : 1,
          filter: dimmed ? 'grayscale(1)' : undefined,
        }}
      >
        <Flex justify="space-between" align="center" gap={8} style={{ fontSize: token.fontSizeSM }}>
          <Typography.Text strong ellipsis style={{ fontSize: token.fontSize, minWidth: 0 }}>
            {name || component.id.slice(-12)}
          </Typography.Text>
          <ComponentStateMark state={state} />
        </Flex>
        <Typography.Text
          type="secondary"
          ellipsis
          style={{ fontSize: token.fontSizeSM, fontFamily: token.fontFamilyCode }}
        >
          {addresses[0] ?? '—'}
        </Typography.Text>
        <Flex justify="space-between" gap={8} style={{ fontSize: token.fontSizeSM, color: token.colorTextTertiary }}>
          {link?.links === 1 ? <LinkStateMark state={link.state} /> : <span>{version && `v${version}`}</span>}
          <RelativeTime at={link?.since ?? since} />
        </Flex>
      </Flex>
      <Ports />
    </div>
  );
});
