/** An age with the exact time on asking. */
import { Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { formatDateTime, formatRelative } from '../util/format.ts';
import { useNow } from '../util/use-now.ts';

export function RelativeTime({ at }: { at: string }) {
  const { i18n } = useTranslation();
  const now = useNow();
  return (
    <Tooltip title={formatDateTime(at, i18n.language)}>
      <time dateTime={at} style={{ whiteSpace: 'nowrap' }}>
        {formatRelative(at, Math.max(now, Date.parse(at)), i18n.language)}
      </time>
    </Tooltip>
  );
}

export function ExactTime({ at }: { at: string }) {
  const { i18n } = useTranslation();
  return <time dateTime={at}>{formatDateTime(at, i18n.language)}</time>;
}
