/** An age with the exact time on asking, or the exact time itself where somebody prefers that. */
import { Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { usePreferences } from '../app/preferences.ts';
import { formatDateTime, formatRelative } from '../util/format.ts';
import { useNow } from '../util/use-now.ts';

interface RelativeTimeProps {
  at: string;
  /** Something that is to come. Of what has happened, a moment ahead of our clock is now. */
  ahead?: boolean;
}

export function RelativeTime({ at, ahead = false }: RelativeTimeProps) {
  const { i18n } = useTranslation();
  const { exactTimes } = usePreferences();
  const now = useNow();
  const exact = formatDateTime(at, i18n.language);
  const relative = formatRelative(at, ahead ? now : Math.max(now, Date.parse(at)), i18n.language);
  return (
    <Tooltip title={exactTimes ? relative : exact}>
      <time dateTime={at} style={{ whiteSpace: 'nowrap' }}>
        {exactTimes ? exact : relative}
      </time>
    </Tooltip>
  );
}

export function ExactTime({ at }: { at: string }) {
  const { i18n } = useTranslation();
  return <time dateTime={at}>{formatDateTime(at, i18n.language)}</time>;
}
