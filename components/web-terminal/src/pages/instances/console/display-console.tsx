/** The instance's screen in the page, by noVNC. */
import { FullscreenExitOutlined, FullscreenOutlined } from '@ant-design/icons';
import RFB from '@novnc/novnc';
import { type Instance, instanceCan } from '@zhiyun/contracts';
import { Button } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client.ts';
import { ConsoleFrame } from './console-frame.tsx';
import { useConsoleLink } from './console-link.ts';

function useFullScreen(element: React.RefObject<HTMLElement | null>) {
  const [on, setOn] = useState(false);
  useEffect(() => {
    const changed = () => setOn(document.fullscreenElement !== null);
    document.addEventListener('fullscreenchange', changed);
    return () => document.removeEventListener('fullscreenchange', changed);
  }, []);
  // A browser may refuse; then the page simply stays as it is.
  const toggle = () =>
    void (document.fullscreenElement ? document.exitFullscreen() : element.current?.requestFullscreen())?.catch(
      () => {},
    );
  return { on, toggle };
}

export default function DisplayConsole({ instance }: { instance: Instance }) {
  const { t } = useTranslation('instances');
  const box = useRef<HTMLDivElement>(null);
  const rfb = useRef<RFB>(undefined);
  const fullScreen = useFullScreen(box);
  const running = instanceCan('display', instance.state);
  const link = useConsoleLink({
    enabled: running,
    id: instance.id,
    ticket: (signal) => api.createDisplayTicket({ params: { id: instance.id }, signal }),
    open({ url, connected, disconnected }) {
      const target = box.current;
      if (!target) return () => {};
      target.replaceChildren();
      const opened = new RFB(target, url, { shared: true });
      opened.scaleViewport = true;
      opened.background = 'transparent';
      opened.addEventListener('connect', () => {
        connected();
        opened.focus({ preventScroll: true });
      });
      opened.addEventListener('disconnect', disconnected);
      rfb.current = opened;
      return () => {
        rfb.current = undefined;
        opened.disconnect();
      };
    },
  });
  const connected = link.state === 'connected';
  return (
    <ConsoleFrame
      kind="display"
      label={t('display.title', { name: instance.name })}
      running={running}
      link={link}
      boxRef={box}
      shape={{ aspectRatio: '16 / 10', maxHeight: '72vh' }}
      fullScreen={fullScreen.on}
      buttons={
        <>
          <Button
            disabled={!connected}
            onClick={() => {
              rfb.current?.sendCtrlAltDel();
              rfb.current?.focus();
            }}
          >
            {t('display.ctrlAltDel')}
          </Button>
          <Button
            icon={fullScreen.on ? <FullscreenExitOutlined /> : <FullscreenOutlined />}
            onClick={fullScreen.toggle}
          >
            {t(fullScreen.on ? 'display.exitFullScreen' : 'display.fullScreen')}
          </Button>
        </>
      }
    />
  );
}
