/**
 * What both consoles look like around: state, buttons, the black box, and what is said when there is no picture. The buttons are
 * part of what fills the screen, so that they are there in full screen too.
 */
import { ExpandOutlined, FullscreenExitOutlined, FullscreenOutlined, ReloadOutlined } from '@ant-design/icons';
import { Alert, Badge, type BadgeProps, Button, Card, ConfigProvider, Empty, Flex, Typography, theme } from 'antd';
import { type ReactNode, type RefObject, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { displayError } from '../../../api/errors.ts';
import { paths } from '../../../app/paths.ts';
import { popupsId } from '../../../app/root.tsx';
import { type ConsoleLink, type ConsoleState, isLeaveChord } from './console-link.ts';
import { ToolButton } from './tool-button.tsx';
import { useFullScreen } from './use-full-screen.ts';

const status: Record<ConsoleState, NonNullable<BadgeProps['status']>> = {
  connecting: 'processing',
  connected: 'success',
  reconnecting: 'warning',
  failed: 'error',
};

/** All that stands around the box on the instance's page, so that the box ends where the window does. */
const aroundPx = 296;

export interface ConsoleFrameProps {
  kind: 'display' | 'serial';
  instanceId: string;
  /** Names the box for screen readers. */
  label: string;
  running: boolean;
  link: ConsoleLink;
  buttons: ReactNode;
  boxRef: RefObject<HTMLDivElement | null>;
  /** In a window of its own, which it fills. */
  standalone: boolean;
  /** Dialogs and the like: shown over the box, in full screen too. */
  children?: ReactNode;
}

export function ConsoleFrame(props: ConsoleFrameProps) {
  const { kind, instanceId, label, running, link, buttons, boxRef, standalone, children } = props;
  const { t } = useTranslation('instances');
  const { token } = theme.useToken();
  const whole = useRef<HTMLDivElement>(null);
  const reconnectButton = useRef<HTMLButtonElement>(null);
  const fullScreen = useFullScreen(whole);
  const { state, error, reconnect } = link;
  if (!running) {
    return (
      <Card variant="borderless">
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t(`${kind}.notRunning`)} />
      </Card>
    );
  }
  const problem = error ? displayError(error) : undefined;
  const filling = standalone || fullScreen.on;
  return (
    <ConfigProvider
      getPopupContainer={() => (fullScreen.on ? whole.current : document.getElementById(popupsId)) ?? document.body}
    >
      <Flex
        ref={whole}
        vertical
        gap={filling ? 0 : 'small'}
        style={filling ? { height: '100dvh', background: token.colorBgContainer } : {}}
      >
        <Flex justify="space-between" align="center" gap="small" wrap style={filling ? { padding: 8 } : {}}>
          <span role="status">
            <Badge status={status[state]} text={t(`${kind}.state.${state}`)} />
          </span>
          <Flex gap="small" wrap role="toolbar" aria-label={t(`${kind}.tools`)}>
            {buttons}
            {!standalone && (
              <ToolButton
                icon={<ExpandOutlined />}
                label={t('console.window')}
                onClick={() =>
                  window.open(
                    paths.consoleWindow(instanceId, kind),
                    `zhiyun-${kind}-${instanceId}`,
                    'popup,width=1100,height=800',
                  )
                }
              />
            )}
            <ToolButton
              icon={fullScreen.on ? <FullscreenExitOutlined /> : <FullscreenOutlined />}
              label={t(fullScreen.on ? 'console.exitFullScreen' : 'console.fullScreen')}
              onClick={fullScreen.toggle}
            />
            <ToolButton
              ref={reconnectButton}
              icon={<ReloadOutlined />}
              label={t('console.reconnect')}
              onClick={reconnect}
            />
          </Flex>
        </Flex>
        {problem && (
          <Alert
            type={state === 'failed' ? 'error' : 'warning'}
            showIcon
            role="alert"
            title={problem.title}
            description={problem.detail}
            action={<Button onClick={reconnect}>{t('console.reconnect')}</Button>}
          />
        )}
        <section
          ref={boxRef}
          aria-label={label}
          onKeyDownCapture={({ nativeEvent }) => {
            if (!isLeaveChord(nativeEvent)) return;
            nativeEvent.stopPropagation();
            reconnectButton.current?.focus();
          }}
          style={{
            ...(filling
              ? { flex: 1, minHeight: 0 }
              : { height: `max(220px, min(calc(100dvh - ${aroundPx}px), 80vw))`, borderRadius: token.borderRadius }),
            background: '#000',
            overflow: 'hidden',
            opacity: state === 'connected' ? 1 : 0.6,
          }}
        />
        {!filling && (
          <Typography.Text type="secondary" style={{ fontSize: token.fontSizeSM }}>
            {t(`${kind}.hint`)}
          </Typography.Text>
        )}
        {children}
      </Flex>
    </ConfigProvider>
  );
}
