/** The look: Ant Design's own algorithms with a few tokens. Components ask for tokens, never for colours. */
import { type ThemeConfig, theme } from 'antd';

const fontFamily =
  "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'PingFang SC', 'Hiragino Sans GB', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', 'Helvetica Neue', Arial, sans-serif";

/**
 * Text in colours that can be read: at least 4.5 to 1 on everything it stands on here (WCAG 2.2, level AA). Ant Design's own
 * lighter greys and its red are below.
 */
function readableText(dark: boolean) {
  return dark
    ? {
        colorTextDescription: 'rgba(255, 255, 255, 0.68)',
        colorTextTertiary: 'rgba(255, 255, 255, 0.68)',
        colorTextPlaceholder: 'rgba(255, 255, 255, 0.6)',
        colorErrorText: '#ff8a85',
        colorWarningText: '#f0b345',
        colorSuccessText: '#7cc95a',
      }
    : {
        colorTextDescription: 'rgba(0, 0, 0, 0.64)',
        colorTextTertiary: 'rgba(0, 0, 0, 0.64)',
        colorTextPlaceholder: 'rgba(0, 0, 0, 0.6)',
        colorErrorText: '#c5221f',
        colorWarningText: '#8a5a00',
        colorSuccessText: '#2b6f14',
      };
}

export function themeOf(dark: boolean): ThemeConfig {
  return {
    algorithm: dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      ...readableText(dark),
      colorPrimary: '#2563eb',
      colorError: dark ? '#ff7b78' : '#d32f2f',
      // A button that works is still read.
      opacityLoading: 1,
      colorInfo: dark ? '#5c9aff' : '#2563eb',
      colorLinkHover: dark ? '#b9d4ff' : '#1e4fd0',
      colorLink: dark ? '#9cc4ff' : '#2563eb',
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
      Table: {
        cellPaddingBlock: 12,
        rowSelectedBg: dark ? '#152238' : '#f1f6ff',
        rowSelectedHoverBg: dark ? '#1a2a47' : '#eef4ff',
      },
      ...(dark
        ? { Tabs: { itemSelectedColor: '#8fb8ff', itemHoverColor: '#a9c8ff', itemActiveColor: '#8fb8ff' } }
        : {}),
      Button: {
        // Under the pointer words stay as readable as before.
        colorPrimaryHover: dark ? '#3068d6' : '#1e4fd0',
        defaultHoverColor: dark ? '#8fb8ff' : '#1e4fd0',
        defaultHoverBorderColor: dark ? '#8fb8ff' : '#1e4fd0',
        // On the light red of the dark look.
        dangerColor: dark ? '#1c0605' : '#ffffff',
      },
    },
  };
}
