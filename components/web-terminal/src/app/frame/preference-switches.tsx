/** Language and appearance; both are remembered by this browser. */
import { DesktopOutlined, MoonOutlined, SunOutlined, TranslationOutlined } from '@ant-design/icons';
import { Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import { changeLanguage, languages } from '../i18n.ts';
import { preferences, type ThemeChoice, themeChoices, usePreferences } from '../preferences.ts';

export function LanguageSwitch() {
  const { t, i18n } = useTranslation();
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        selectable: true,
        selectedKeys: [i18n.language],
        items: languages.map((language) => ({
          key: language,
          label: <span lang={language}>{t(`language.${language}`)}</span>,
          onClick: () => void changeLanguage(language),
        })),
      }}
    >
      <Button type="text" icon={<TranslationOutlined />} aria-label={t('language.label')} aria-haspopup="menu" />
    </Dropdown>
  );
}

const themeIcons = {
  light: <SunOutlined />,
  dark: <MoonOutlined />,
  system: <DesktopOutlined />,
} satisfies Record<ThemeChoice, unknown>;

export function ThemeSwitch() {
  const { t } = useTranslation();
  const { theme } = usePreferences();
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        selectable: true,
        selectedKeys: [theme],
        items: themeChoices.map((choice) => ({
          key: choice,
          icon: themeIcons[choice],
          label: t(`theme.${choice}`),
          onClick: () => preferences.set({ theme: choice }),
        })),
      }}
    >
      <Button type="text" icon={themeIcons[theme]} aria-label={t('theme.label')} aria-haspopup="menu" />
    </Dropdown>
  );
}
