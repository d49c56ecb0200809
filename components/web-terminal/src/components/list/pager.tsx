/** How many there are, how many are shown, and the way to the others. */
import type { Page } from '@zhiyun/contracts';
import { mostCounted } from '@zhiyun/contracts';
import { Button, Flex, Select, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { pageSizes } from '../../app/preferences.ts';
import { formatNumber } from '../../util/format.ts';
import type { ListState } from './list-state.ts';

interface PagerProps {
  state: ListState<string>;
  page: Page<unknown> | undefined;
  /** Counted by the platform; a list of one page counts itself. */
  total: number | undefined;
  waiting: boolean;
}

/** A short list needs no choice of how much of it is shown. */
const [smallest] = pageSizes;

export function Pager({ state, page, total, waiting }: PagerProps) {
  const { t, i18n } = useTranslation();
  const shown = page?.items.length ?? 0;
  const next = page?.nextCursor ?? null;
  const onlyPage = next === null && !state.previous;
  const all = total ?? (onlyPage ? shown : undefined);
  if (!page || (shown === 0 && onlyPage)) return null;
  const count = all === undefined ? undefined : formatNumber(all, i18n.language);
  return (
    <Flex component="nav" aria-label={t('list.pages')} justify="end" align="center" gap="small" wrap>
      <Typography.Text type="secondary" style={{ marginInlineEnd: 'auto' }}>
        {count === undefined
          ? t('list.showing', { count: shown })
          : t(all !== undefined && all >= mostCounted ? 'list.totalMore' : 'list.total', { count })}
      </Typography.Text>
      {(!onlyPage || shown > smallest) && (
        <Select
          aria-label={t('list.pageSize')}
          value={state.limit}
          onChange={state.setLimit}
          options={pageSizes.map((value) => ({ value, label: t('list.perPage', { count: value }) }))}
          popupMatchSelectWidth={false}
        />
      )}
      {!onlyPage && (
        <>
          <Button disabled={!state.previous} onClick={() => state.previous?.()}>
            {t('action.previousPage')}
          </Button>
          <Button disabled={next === null || waiting} onClick={() => next !== null && state.next(next)}>
            {t('action.nextPage')}
          </Button>
        </>
      )}
    </Flex>
  );
}
