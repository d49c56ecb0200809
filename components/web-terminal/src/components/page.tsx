/** One page: document title, heading, what can be done, content. */
import { ArrowLeftOutlined } from '@ant-design/icons';
import { Flex, Typography, theme } from 'antd';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

export interface PageProps {
  title: string;
  /** Small print under the title. */
  subtitle?: ReactNode;
  /** Beside the title, e.g. the state. */
  tags?: ReactNode;
  actions?: ReactNode;
  /** The list this page belongs to. */
  back?: { to: string; label: string };
  hideTitle?: boolean;
  children: ReactNode;
}

export function Page({ title, subtitle, tags, actions, back, hideTitle = false, children }: PageProps) {
  const { t } = useTranslation();
  const { token } = theme.useToken();
  const documentTitle = `${title} · ${t('product')}`;
  useEffect(() => {
    document.title = documentTitle;
  }, [documentTitle]);
  return (
    <Flex vertical gap={token.margin}>
      {!hideTitle && (
        <Flex vertical gap={4}>
          {back && (
            <Link to={back.to} style={{ alignSelf: 'start' }}>
              <ArrowLeftOutlined aria-hidden /> {back.label}
            </Link>
          )}
          <Flex justify="space-between" align="center" wrap gap="small">
            <Flex align="center" gap={12} wrap style={{ minWidth: 0 }}>
              <Typography.Title
                level={1}
                style={{ margin: 0, fontSize: token.fontSizeHeading3, overflowWrap: 'anywhere' }}
              >
                {title}
              </Typography.Title>
              {tags}
            </Flex>
            {actions && (
              <Flex gap="small" wrap>
                {actions}
              </Flex>
            )}
          </Flex>
          {subtitle && <Typography.Text type="secondary">{subtitle}</Typography.Text>}
        </Flex>
      )}
      {children}
    </Flex>
  );
}
