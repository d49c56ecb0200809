import { Card, Empty } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

interface SectionCardProps {
  title: string;
  /** The page that shows all of it. */
  to?: string;
  /** Shown instead of the content when there is none. */
  empty?: string | false | undefined;
  children: ReactNode;
}

export function SectionCard({ title, to, empty, children }: SectionCardProps) {
  const { t } = useTranslation();
  return (
    <Card
      variant="borderless"
      title={<h2 style={{ font: 'inherit', margin: 0 }}>{title}</h2>}
      style={{ height: '100%' }}
      extra={
        to && (
          <Link to={to} aria-label={`${t('action.viewAll')}: ${title}`}>
            {t('action.viewAll')}
          </Link>
        )
      }
    >
      {empty ? <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={empty} /> : children}
    </Card>
  );
}
