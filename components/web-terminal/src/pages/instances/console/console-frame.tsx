/** What both consoles look like around: state, buttons, the black box, and what is said over it when there is no picture. */
import { Alert, Badge, type BadgeProps, Button, Card, Empty, Flex, Typography, theme } from 'antd';
import { type CSSProperties, type ReactNode, type RefObject, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { displayError } from '../../../api/errors.ts';
import { type ConsoleLink, type ConsoleState, isLeaveChord } from './console-link.ts';

const status: Record<ConsoleState, NonNullable<BadgeProps['status']>> = {
  connecting: 'processing',
  connected: 'success',
  disconnected: 'warning',
  failed: 'error',
};

export interface ConsoleFrameProps {
  kind: 'display' | 'serial';
  /** Names the box for screen readers. */
  label: string;
  running: boolean;
  link: ConsoleLink;
  buttons: ReactNode;
  boxRef: RefObject<HTMLDivElement | null>;
  /** Of the box, while it does not fill the screen. */
  shape: Pick<CSSProperties, 'height' | 'maxHeight' | 'aspectRatio'>;
  fullScreen?: boolean;
}

export function ConsoleFrame(props: ConsoleFrameProps) {
  const { kind, label, running, link, buttons, boxRef, shape, fullScreen = false } = props;
  const { t } = useTranslation('instances');
  const { token } = theme.useToken();
  const reconnectButton = useRef<HTMLButtonElement>(null);
  const { state, error, reconnect } = link;
  if (!running) {
    return (
      <Card variant="borderless">
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t(`${kind}.notRunning`)} />
      </Card>
    );
  }
  const problem = state === 'failed' ? displayError(error) : undefined;
  return (
    <Flex vertical gap="small">
      <Flex justify="space-between" align="center" gap="small" wrap>
        <span role="status">
          <Badge status={status[state]} text={t(`${kind}.state.${state}`)} />
        </span>
        <Flex gap="small" wrap>
          {buttons}
          <Button ref={reconnectButton} onClick={reconnect}>
            {t(`${kind}.reconnect`)}
          </Button>
        </Flex>
      </Flex>
      {problem && (
        <Alert
          type="error"
          showIcon
          title={problem.title}
          description={problem.detail}
          action={<Button onClick={reconnect}>{t(`${kind}.reconnect`)}</Button>}
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
          ...(fullScreen ? { height: '100vh' } : shape),
          background: '#000',
          borderRadius: fullScreen ? 0 : token.borderRadius,
          overflow: 'hidden',
          opacity: state === 'connected' ? 1 : 0.6,
        }}
      />
      <Typography.Text type="secondary" style={{ fontSize: token.fontSizeSM }}>
        {t(`${kind}.hint`)}
      </Typography.Text>
    </Flex>
  );
}
