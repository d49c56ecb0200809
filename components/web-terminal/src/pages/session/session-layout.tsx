/** The page of the login and of the first password: one card, and the switches that must work before anybody is signed in. */
import { Card, Flex, Typography, theme } from 'antd';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { LanguageSwitch, ThemeSwitch } from '../../app/frame/preference-switches.tsx';
import { Logo } from '../../components/logo.tsx';

export function SessionLayout({ title, detail, children }: { title: string; detail: string; children: ReactNode }) {
  const { t } = useTranslation();
  const { token } = theme.useToken();
  useEffect(() => {
    document.title = `${title} · ${t('product')}`;
  }, [title, t]);
  return (
    <Flex vertical component="main" style={{ minHeight: '100vh', background: token.colorBgLayout }}>
      <Flex justify="space-between" align="center" style={{ padding: token.padding }}>
        <Logo withName />
        <Flex gap={4}>
          <LanguageSwitch />
          <ThemeSwitch />
        </Flex>
      </Flex>
      <Flex flex={1} justify="center" align="center" style={{ padding: token.padding, paddingBlockEnd: '16vh' }}>
        <Card
          variant="borderless"
          style={{ width: 'min(400px, 100%)', boxShadow: token.boxShadowTertiary }}
          styles={{ body: { padding: token.paddingXL } }}
        >
          <Typography.Title
            level={1}
            style={{ fontSize: token.fontSizeHeading3, marginBlockStart: 0, marginBlockEnd: 4 }}
          >
            {title}
          </Typography.Title>
          <Typography.Paragraph type="secondary" style={{ marginBlockEnd: token.marginLG }}>
            {detail}
          </Typography.Paragraph>
          {children}
        </Card>
      </Flex>
    </Flex>
  );
}
