/** A tie as a line. Its dashes tell its state as well as its colour does. */
import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from '@xyflow/react';
import type { LinkState } from '@zhiyun/contracts';
import { theme } from 'antd';
import { memo } from 'react';
import { colourOf } from '../state-mark.tsx';

export type TieEdge = Edge<
  { state: LinkState; label: string | undefined; prominence: 'quiet' | 'faint' | 'plain' | 'loud' },
  'tie'
>;

export const dashes: Record<LinkState, string | undefined> = {
  online: undefined,
  connecting: '2 5',
  suspect: '10 4',
  gone: '5 6',
};
/** In the free strip beneath a service group. */
const labelBelow = 28;
const opacities = { quiet: 0.06, faint: 0.14, plain: 0.32, loud: 1 } as const;

export const TieLine = memo(function TieLine(props: EdgeProps<TieEdge>) {
  const { token } = theme.useToken();
  const { id, data } = props;
  if (!data) return null;
  const { state, label, prominence } = data;
  const [path] = getBezierPath(props);
  const dash = dashes[state];
  return (
    <>
      <BaseEdge
        id={id}
        path={path}
        className="domain-tie"
        interactionWidth={0}
        style={{
          stroke: colourOf(state, token),
          strokeWidth: prominence === 'loud' ? 2 : 1.25,
          strokeOpacity: opacities[prominence],
          ...(dash ? { strokeDasharray: dash } : {}),
        }}
      />
      {label !== undefined && prominence !== 'quiet' && (
        <EdgeLabelRenderer>
          <div
            className="domain-tie-label"
            style={{
              transform: `translate(-50%, -50%) translate(${props.sourceX}px, ${props.sourceY + labelBelow}px)`,
              padding: '1px 7px',
              borderRadius: token.borderRadius,
              border: `1px solid ${token.colorBorderSecondary}`,
              background: token.colorBgElevated,
              color: token.colorTextSecondary,
              fontSize: token.fontSizeSM,
            }}
          >
            {label}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
});
