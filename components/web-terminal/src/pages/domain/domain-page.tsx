/** The domain: a live picture of its components and their links, the same as a list, and the tokens to join it with. */
import { ApartmentOutlined, KeyOutlined, PlusOutlined, UnorderedListOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Alert, Grid, Segmented } from 'antd';
import { Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { useMay } from '../../api/session.ts';
import { paths } from '../../app/paths.ts';
import { ActionButton } from '../../components/actions/action-button.tsx';
import { ErrorResult } from '../../components/error-result.tsx';
import { oneOf } from '../../components/list/list-state.ts';
import { Page } from '../../components/page.tsx';
import { PageLoading } from '../../components/page-loading.tsx';
import { lazyChunk } from '../../util/load-chunk.ts';
import { cardOfGroup } from './model/ties.ts';
import { panelWidth } from './panel/panel-width.ts';
import type { Focus } from './picture/flow-elements.ts';
import { componentQueries } from './queries.ts';
import { useDomain } from './use-domain.ts';

const DomainPicture = lazyChunk(() => import('./picture/domain-picture.tsx'));
const ComponentsTable = lazyChunk(() => import('./components-table.tsx'));
const JoinTokens = lazyChunk(() => import('./join/join-tokens.tsx'));
const AddServer = lazyChunk(() => import('./join/add-server.tsx'));
const ComponentPanel = lazyChunk(() => import('./panel/component-panel.tsx'));

const views = ['picture', 'list', 'tokens'] as const;
type View = (typeof views)[number];
const icons = { picture: <ApartmentOutlined />, list: <UnorderedListOutlined />, tokens: <KeyOutlined /> };

/** What is looked at is part of the address, so that it can be linked to. */
function useLookedAt() {
  const [params, setParams] = useSearchParams();
  const change = (key: 'view' | 'component', value: string | undefined, replace: boolean) =>
    setParams(
      (current) => {
        const next = new URLSearchParams(current);
        if (value === undefined) next.delete(key);
        else next.set(key, value);
        return next;
      },
      { replace },
    );
  return {
    view: oneOf(params.get('view') ?? undefined, views) ?? 'picture',
    component: params.get('component') ?? undefined,
    setView: (view: View) => change('view', view === 'picture' ? undefined : view, false),
    open: (component: string | undefined) => change('component', component, true),
  };
}

export function Component() {
  const { t } = useTranslation(['domain', 'common', 'events', 'operations']);
  const { view: wanted, component, setView, open } = useLookedAt();
  const navigate = useNavigate();
  const { view, error, refetch } = useDomain();
  const mayWrite = useMay('component:write');
  const beside = Grid.useBreakpoint().lg ?? true;
  const [adding, setAdding] = useState(false);
  const known = useMemo(
    () =>
      new Map((view?.groups ?? []).flatMap(({ members }) => (members ?? []).map((each) => [each.id as string, each]))),
    [view],
  );
  const { data: asked } = useQuery({ ...componentQueries.detail(component ?? ''), enabled: component !== undefined });
  const chosen = component === undefined ? undefined : (known.get(component) ?? asked);
  const card = chosen && (known.has(chosen.id) ? chosen.id : cardOfGroup(chosen.type));
  const machine = chosen?.machine;
  const focus = useMemo((): Focus | undefined => (card === undefined ? undefined : { card, machine }), [card, machine]);

  return (
    <Page
      title={t('domain:title')}
      subtitle={t('domain:subtitle')}
      actions={
        <>
          <Segmented<View>
            aria-label={t('domain:views')}
            value={wanted}
            onChange={setView}
            options={views.map((value) => ({ value, icon: icons[value], label: t(`domain:view.${value}`) }))}
          />
          <ActionButton
            type="primary"
            action={{
              key: 'add',
              label: t('domain:add.title'),
              icon: <PlusOutlined />,
              reason: mayWrite ? undefined : t('common:reason.role'),
              run: () => setAdding(true),
            }}
          />
        </>
      }
    >
      <Suspense fallback={<PageLoading />}>
        {wanted === 'picture' &&
          (error ? (
            <ErrorResult error={error} onRetry={() => void refetch()} />
          ) : view ? (
            <DomainPicture
              view={view}
              focus={focus}
              covered={component !== undefined && beside ? panelWidth : 0}
              onOpen={open}
              onOpenGroup={(type) => void navigate(paths.componentsOfType(type))}
            />
          ) : (
            <PageLoading />
          ))}
        {wanted === 'list' && <ComponentsTable onOpen={open} />}
        {wanted === 'tokens' &&
          (mayWrite ? <JoinTokens /> : <Alert type="info" showIcon title={t('common:reason.role')} />)}
      </Suspense>
      <Suspense>
        {component !== undefined && (
          <ComponentPanel id={component} known={known} onOpen={open} onClose={() => open(undefined)} />
        )}
        {adding && (
          <AddServer
            onClose={() => setAdding(false)}
            onShow={(id) => {
              setAdding(false);
              open(id);
            }}
          />
        )}
      </Suspense>
    </Page>
  );
}
