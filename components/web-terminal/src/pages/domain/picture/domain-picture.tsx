/**
 * The live picture of the domain. At most some sixty cards and their ties are ever drawn; where things stand depends only on
 * who is there, so changes of state change colours and nothing else.
 */

import { MinusOutlined, PlusOutlined, ShrinkOutlined } from '@ant-design/icons';
import { Background, type NodeChange, Panel, ReactFlow, ReactFlowProvider, useReactFlow } from '@xyflow/react';
import { term } from '../../../util/term.ts';
import '@xyflow/react/dist/base.css';
import type { ComponentType } from '@zhiyun/contracts/links';
import { Button, Card, Flex, Grid, Space, theme } from 'antd';
import { type CSSProperties, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDark } from '../../../app/use-dark.ts';
import { formatNumber, formatRelative } from '../../../util/format.ts';
import { useNow } from '../../../util/use-now.ts';
import type { DomainView } from '../use-domain.ts';
import { ComponentCard } from './component-card.tsx';
import { edgesOf, type FlowNode, type Focus, nodesOf, type Wording } from './flow-elements.ts';
import { CollapsedCard, GroupFrame, GroupTitle } from './group-card.tsx';
import { KeepInView, zoomRange } from './keep-in-view.tsx';
import { layOut } from './lay-out.ts';
import './picture.css';
import { PictureLegend } from './picture-legend.tsx';
import { TieLine } from './tie-line.tsx';

const nodeTypes = { frame: GroupFrame, title: GroupTitle, component: ComponentCard, collapsed: CollapsedCard };
const edgeTypes = { tie: TieLine };

function useWording(): Wording {
  const { t, i18n } = useTranslation(['domain', 'common']);
  const now = useNow();
  const { language } = i18n;
  return useMemo(() => {
    const ago = (at: string) => formatRelative(at, Math.max(now, Date.parse(at)), language);
    const number = (value: number) => formatNumber(value, language);
    const link: Wording['link'] = ({ state, since }) =>
      since === undefined ? term('link.state', state) : `${term('link.state', state)} · ${ago(since)}`;
    const count: Wording['count'] = ({ links, troubled }) =>
      troubled > 0
        ? t('domain:tieTroubled', { links: number(links), troubled: number(troubled) })
        : t('domain:tieLinks', { links: number(links) });
    return {
      card: t('domain:card'),
      component: ({ type, name, state, since }) =>
        t('domain:describe.component', {
          type: t(`common:componentType.${type}`),
          name,
          state: term('component.state', state),
          since: ago(since),
        }),
      group: ({ type, total, counts }) =>
        t('domain:describe.group', {
          type: t(`common:componentType.${type}`),
          total: number(total),
          online: number(counts.online),
          suspect: number(counts.suspect),
          gone: number(counts.gone),
        }),
      frame: ({ type, total }) =>
        t('domain:describe.frame', { type: t(`common:componentType.${type}`), total: number(total) }),
      link,
      count,
      tie: (tie, from, to) => t('domain:describe.tie', { from, to, what: tie.links > 1 ? count(tie) : link(tie) }),
    };
  }, [t, language, now]);
}

function ZoomButtons({ onFit }: { onFit: () => void }) {
  const { t } = useTranslation('domain');
  const flow = useReactFlow();
  const button = (label: string, icon: React.ReactNode, run: () => void) => (
    <Button icon={icon} aria-label={label} title={label} onClick={run} />
  );
  return (
    <Space.Compact orientation="vertical">
      {button(t('zoom.in'), <PlusOutlined />, () => void flow.zoomIn({ duration: 200 }))}
      {button(t('zoom.out'), <MinusOutlined />, () => void flow.zoomOut({ duration: 200 }))}
      {button(t('zoom.fit'), <ShrinkOutlined />, onFit)}
    </Space.Compact>
  );
}

/** Follows the width of an element. */
function useWidth() {
  const element = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(entry.contentRect.width));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return { element, width };
}

interface DomainPictureProps {
  view: DomainView;
  focus: Focus | undefined;
  /** Width of the side panel, when it is open beside the picture. */
  covered: number;
  onOpen: (component: string | undefined) => void;
  onOpenGroup: (type: ComponentType) => void;
}

export default function DomainPicture({ view, focus, covered, onOpen, onOpenGroup }: DomainPictureProps) {
  const { t } = useTranslation(['domain', 'common']);
  const { token } = theme.useToken();
  const dark = useDark();
  const narrow = !(Grid.useBreakpoint().md ?? true);
  const { element, width } = useWidth();
  const [moved, setMoved] = useState(false);
  const words = useWording();
  const { groups, ties } = view;

  const shape = groups.map(({ type, members }) => `${type}:${members?.map(({ id }) => id).join() ?? ''}`).join(';');
  // biome-ignore lint/correctness/useExhaustiveDependencies: who is there decides, not what state they are in
  const laid = useMemo(() => layOut(groups, narrow), [shape, narrow]);
  const nodes = useMemo(() => nodesOf(laid, groups, ties, focus, words), [laid, groups, ties, focus, words]);
  const edges = useMemo(() => {
    const names = new Map<string, string>(nodes.map(({ id, ariaLabel }) => [id, ariaLabel ?? id]));
    const short = new Map<string, string>(
      groups.flatMap(({ type, members }) =>
        (members ?? []).map(({ id, name }) => [id, `${t(`common:componentType.${type}`)} ${name}`] as const),
      ),
    );
    return edgesOf(laid, ties, focus, (id) => short.get(id) ?? names.get(id) ?? id, words);
  }, [laid, ties, focus, words, nodes, groups, t]);

  function change(changes: NodeChange<FlowNode>[]): void {
    const chosen = changes.find((each) => each.type === 'select' && each.selected);
    if (chosen?.type !== 'select') return;
    const group = groups.find(({ type, members }) => members === undefined && chosen.id === `group:${type}`);
    if (group) onOpenGroup(group.type);
    else onOpen(chosen.id);
  }

  const box = laid.groups.flatMap(({ cards }) => cards).find(({ id }) => id === focus?.card);
  // On a phone the picture is as high as it needs to be, and the page scrolls.
  const height = narrow
    ? (laid.height + 48) * Math.min(1, width / (laid.width + 48))
    : 'max(480px, calc(100vh - 232px))';
  const style = { height, '--domain-focus': token.colorPrimary } as CSSProperties;
  return (
    <Card variant="borderless" styles={{ body: { padding: 0 } }} style={{ overflow: 'hidden' }}>
      <Flex style={{ padding: '12px 20px', borderBlockEnd: `1px solid ${token.colorBorderSecondary}` }}>
        <PictureLegend />
      </Flex>
      <div ref={element} style={style} className="domain-picture">
        <ReactFlowProvider>
          <ReactFlow<FlowNode, (typeof edges)[number]>
            aria-label={t('domain:picture')}
            colorMode={dark ? 'dark' : 'light'}
            style={{ background: token.colorBgContainer }}
            nodes={nodes}
            edges={edges}
            nodeTypes={nodeTypes}
            edgeTypes={edgeTypes}
            onNodesChange={change}
            onPaneClick={() => onOpen(undefined)}
            // Not at the start: pressing a card is one, too.
            onMove={(event) => event && setMoved(true)}
            minZoom={zoomRange.min}
            maxZoom={zoomRange.max}
            zIndexMode="manual"
            nodesDraggable={false}
            nodesConnectable={false}
            edgesFocusable={false}
            elevateNodesOnSelect={false}
            deleteKeyCode={null}
            selectionKeyCode={null}
            multiSelectionKeyCode={null}
            panActivationKeyCode={null}
            panOnDrag={!narrow}
            zoomOnScroll={!narrow}
            zoomOnPinch={!narrow}
            zoomOnDoubleClick={!narrow}
            preventScrolling={!narrow}
            ariaLabelConfig={{ 'node.a11yDescription.default': t('domain:cardHint') }}
          >
            <Background color={token.colorBorder} gap={22} size={1} />
            <KeepInView laid={laid} moved={moved} box={box} covered={narrow ? 0 : covered} />
            {!narrow && (
              <Panel position="bottom-left">
                <ZoomButtons onFit={() => setMoved(false)} />
              </Panel>
            )}
          </ReactFlow>
        </ReactFlowProvider>
      </div>
    </Card>
  );
}
