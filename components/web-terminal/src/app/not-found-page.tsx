import { Button, Result } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Page } from '../components/page.tsx';
import { paths } from './paths.ts';

export function Component() {
  const { t } = useTranslation();
  return (
    <Page title={t('notFound.title')} hideTitle>
      <Result
        status="404"
        title={<h1 style={{ font: 'inherit', margin: 0 }}>{t('notFound.title')}</h1>}
        subTitle={t('notFound.detail')}
        extra={
          <Link to={paths.overview}>
            <Button type="primary">{t('notFound.home')}</Button>
          </Link>
        }
      />
    </Page>
  );
}
