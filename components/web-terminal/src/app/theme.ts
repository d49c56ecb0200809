/** The look: Ant Design's own algorithms with a few tokens. Components ask for tokens, never for colours. */
import { type ThemeConfig, theme } from 'antd';

const fontFamily =
  "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'PingFang SC', 'Hiragino Sans GB', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', 'Helvetica Neue', Arial, sans-serif";

export function themeOf(dark: boolean): ThemeConfig {
  return {
    algorithm: dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      colorPrimary: dark ? '#3f7bff' : '#2563eb',
      colorInfo: dark ? '#5c9aff' : '#2563eb',
      colorLink: dark ? '#7db0ff' : '#2563eb',
      borderRadius: 8,
      motion: !window.matchMedia('(prefers-reduced-motion: reduce)').matches,
      fontFamily,
      colorBgLayout: dark ? '#0d0f12' : '#f4f6f9',
    },
    components: {
      Layout: {
        headerHeight: 56,
        headerPadding: '0 16px',
        headerBg: dark ? '#16181c' : '#ffffff',
        siderBg: dark ? '#16181c' : '#ffffff',
      },
      Menu: {
        itemBg: 'transparent',
        activeBarBorderWidth: 0,
        ...(dark ? { itemSelectedColor: '#a9c8ff' } : {}),
      },
      Table: { cellPaddingBlock: 12 },
    },
  };
}
