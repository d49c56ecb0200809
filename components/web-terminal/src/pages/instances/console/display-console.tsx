/** The instance's screen in the page, by noVNC. */
import { CameraOutlined, SnippetsOutlined } from '@ant-design/icons';
import RFB from '@novnc/novnc';
import { type Instance, instanceCan } from '@zhiyun/contracts';
import { Button } from 'antd';
import { Suspense, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client.ts';
import { lazyChunk } from '../../../util/load-chunk.ts';
import { ConsoleFrame } from './console-frame.tsx';
import { useConsoleLink } from './console-link.ts';
import { KeyMenu } from './key-menu.tsx';
import { ctrlAltDel } from './keys.ts';
import { press } from './send-keys.ts';
import { ToolButton } from './tool-button.tsx';
import { hasTouchKeyboard, TouchKeyboard } from './touch-keyboard.tsx';

const PasteDialog = lazyChunk(() => import('./paste-dialog.tsx'));

/** `web-1-2026-11-28-09-30-00.png`, by the clock on the wall. */
export function screenshotName(instance: string, at: Date): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return `${instance}-${local.toISOString().slice(0, 19).replaceAll(/[T:]/g, '-')}.png`;
}

function save(picture: Blob, name: string): void {
  const address = URL.createObjectURL(picture);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

export interface DisplayConsoleProps {
  instance: Instance;
  standalone?: boolean;
}

export default function DisplayConsole({ instance, standalone = false }: DisplayConsoleProps) {
  const { t } = useTranslation('instances');
  const box = useRef<HTMLDivElement>(null);
  const rfb = useRef<RFB>(undefined);
  const [pasting, setPasting] = useState(false);
  const running = instanceCan('display', instance.state);
  const link = useConsoleLink({
    enabled: running,
    id: instance.id,
    ticket: (signal) => api.createDisplayTicket({ params: { id: instance.id }, signal }),
    open({ url, connected, disconnected }) {
      const target = box.current;
      if (!target) throw new Error('The box is not in the page');
      const first = target.childElementCount === 0;
      target.replaceChildren();
      const opened = new RFB(target, url, { shared: true });
      opened.scaleViewport = true;
      opened.background = 'transparent';
      opened.addEventListener('connect', () => {
        connected();
        // Who is busy elsewhere by now keeps the keyboard.
        if (first || document.activeElement === document.body) opened.focus({ preventScroll: true });
      });
      opened.addEventListener('disconnect', () => {
        if (rfb.current === opened) rfb.current = undefined;
        disconnected();
      });
      rfb.current = opened;
      return () => {
        rfb.current = undefined;
        opened.disconnect();
      };
    },
  });
  const connected = link.state === 'connected';
  const target = () => rfb.current;
  const focus = () => rfb.current?.focus();
  return (
    <ConsoleFrame
      kind="display"
      instanceId={instance.id}
      label={t('display.title', { name: instance.name })}
      running={running}
      link={link}
      boxRef={box}
      standalone={standalone}
      buttons={
        <>
          <Button
            disabled={!connected}
            aria-label={t('display.ctrlAltDel')}
            onClick={() => {
              if (rfb.current) press(rfb.current, ctrlAltDel.keys);
              focus();
            }}
          >
            {ctrlAltDel.name}
          </Button>
          <KeyMenu target={target} disabled={!connected} onSent={focus} />
          {hasTouchKeyboard() && <TouchKeyboard target={target} disabled={!connected} />}
          <ToolButton
            icon={<SnippetsOutlined />}
            label={t('display.paste.button')}
            disabled={!connected}
            onClick={() => setPasting(true)}
          />
          <ToolButton
            icon={<CameraOutlined />}
            label={t('display.screenshot')}
            disabled={!connected}
            onClick={() =>
              rfb.current?.toBlob((picture) => picture && save(picture, screenshotName(instance.name, new Date())))
            }
          />
        </>
      }
    >
      {pasting && (
        <Suspense>
          <PasteDialog
            target={target}
            onClose={() => {
              setPasting(false);
              focus();
            }}
          />
        </Suspense>
      )}
    </ConsoleFrame>
  );
}
