/** The instance's serial console in the page, by xterm.js. */
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { type Instance, instanceCan } from '@zhiyun/contracts';
import { Button } from 'antd';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client.ts';
import { ConsoleFrame } from './console-frame.tsx';
import { type ConsoleAttempt, isLeaveChord, useConsoleLink } from './console-link.ts';

const fontFamily = "ui-monospace, 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace";

/** A terminal on a WebSocket: bytes both ways, as a serial line has them. */
function openTerminal(element: HTMLElement, attempt: ConsoleAttempt) {
  element.replaceChildren();
  const terminal = new Terminal({
    fontFamily,
    fontSize: 14,
    cursorBlink: true,
    scrollback: 5_000,
    screenReaderMode: true,
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.open(element);
  if (terminal.element) terminal.element.style.padding = '8px';
  fit.fit();
  terminal.attachCustomKeyEventHandler((event) => !isLeaveChord(event));
  const resizing = new ResizeObserver(() => fit.fit());
  resizing.observe(element);

  const socket = new WebSocket(attempt.url);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => {
    attempt.connected();
    terminal.focus();
  };
  socket.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) =>
    terminal.write(typeof data === 'string' ? data : new Uint8Array(data));
  socket.onclose = attempt.disconnected;
  const encoder = new TextEncoder();
  terminal.onData((text) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(encoder.encode(text));
  });
  return {
    terminal,
    close() {
      resizing.disconnect();
      socket.onclose = null;
      socket.close();
      terminal.dispose();
    },
  };
}

export default function SerialConsole({ instance }: { instance: Instance }) {
  const { t } = useTranslation('instances');
  const box = useRef<HTMLDivElement>(null);
  const terminal = useRef<Terminal>(undefined);
  const running = instanceCan('serial', instance.state);
  const link = useConsoleLink({
    enabled: running,
    id: instance.id,
    ticket: (signal) => api.createSerialTicket({ params: { id: instance.id }, signal }),
    open(attempt) {
      if (!box.current) return () => {};
      const opened = openTerminal(box.current, attempt);
      terminal.current = opened.terminal;
      return () => {
        terminal.current = undefined;
        opened.close();
      };
    },
  });
  return (
    <ConsoleFrame
      kind="serial"
      label={t('serial.title', { name: instance.name })}
      running={running}
      link={link}
      boxRef={box}
      shape={{ height: 'min(60vh, 640px)' }}
      buttons={<Button onClick={() => terminal.current?.clear()}>{t('serial.clear')}</Button>}
    />
  );
}
