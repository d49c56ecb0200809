/** The way from an empty platform to the screen of a first instance. */
import { Button, Card, Steps } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useMay } from '../../api/session.ts';
import { paths } from '../../app/paths.ts';

export function GettingStarted({ images }: { images: number }) {
  const { t } = useTranslation('overview');
  const mayUpload = useMay('image:write');
  const mayCreate = useMay('instance:write');
  const hasImage = images > 0;
  const content = (words: string, button: ReactNode) => (
    <>
      <div style={{ marginBlockEnd: 8 }}>{words}</div>
      {button}
    </>
  );
  return (
    <Card variant="borderless" title={<h2 style={{ font: 'inherit', margin: 0 }}>{t('next.title')}</h2>}>
      <Steps
        responsive
        current={hasImage ? 1 : 0}
        items={[
          {
            title: t('next.imageTitle'),
            content: content(
              hasImage ? t('next.done') : t('next.image'),
              mayUpload && !hasImage && (
                <Link to={paths.imageAdd}>
                  <Button type="primary">{t('next.imageAction')}</Button>
                </Link>
              ),
            ),
          },
          {
            title: t('next.instanceTitle'),
            content: content(
              t('next.instance'),
              mayCreate && hasImage && (
                <Link to={paths.instanceCreate()}>
                  <Button type="primary">{t('next.instanceAction')}</Button>
                </Link>
              ),
            ),
          },
          { title: t('next.consoleTitle'), content: t('next.console') },
        ]}
      />
    </Card>
  );
}
