/** The instance's serial console in the page, by xterm.js. What was written stays on the screen over every reconnection. */
import { ClearOutlined } from '@ant-design/icons';
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { type Instance, instanceCan } from '@zhiyun/contracts';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client.ts';
import { ConsoleFrame } from './console-frame.tsx';
import { type ConsoleAttempt, isLeaveChord, useConsoleLink } from './console-link.ts';
import { ToolButton } from './tool-button.tsx';

const fontFamily = "ui-monospace, 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace";

interface Screen {
  terminal: Terminal;
  /** It was made in there. */
  element: HTMLElement;
  dispose: () => void;
}

function makeScreen(element: HTMLElement): Screen {
  const terminal = new Terminal({
    fontFamily,
    fontSize: 14,
    cursorBlink: true,
    scrollback: 5_000,
    screenReaderMode: true,
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  element.replaceChildren();
  terminal.open(element);
  if (terminal.element) terminal.element.style.padding = '8px';
  fit.fit();
  terminal.attachCustomKeyEventHandler((event) => !isLeaveChord(event));
  const resizing = new ResizeObserver(() => fit.fit());
  resizing.observe(element);
  return {
    terminal,
    element,
    dispose() {
      resizing.disconnect();
      terminal.dispose();
    },
  };
}

/** A terminal on a WebSocket: bytes both ways, as a serial line has them. */
function attach(terminal: Terminal, attempt: ConsoleAttempt): () => void {
  const socket = new WebSocket(attempt.url);
  socket.binaryType = 'arraybuffer';
  const encoder = new TextEncoder();
  const typing = terminal.onData((text) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(encoder.encode(text));
  });
  socket.onopen = () => attempt.connected();
  socket.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) =>
    terminal.write(typeof data === 'string' ? data : new Uint8Array(data));
  socket.onclose = () => {
    typing.dispose();
    attempt.disconnected();
  };
  return () => {
    typing.dispose();
    socket.onclose = null;
    socket.close();
  };
}

export interface SerialConsoleProps {
  instance: Instance;
  standalone?: boolean;
}

export default function SerialConsole({ instance, standalone = false }: SerialConsoleProps) {
  const { t } = useTranslation('instances');
  const box = useRef<HTMLDivElement>(null);
  const screen = useRef<Screen>(undefined);
  const running = instanceCan('serial', instance.state);
  const link = useConsoleLink({
    enabled: running,
    id: instance.id,
    ticket: (signal) => api.createSerialTicket({ params: { id: instance.id }, signal }),
    open(attempt) {
      if (!box.current) throw new Error('The box is not in the page');
      if (screen.current?.element !== box.current) {
        screen.current?.dispose();
        screen.current = makeScreen(box.current);
        screen.current.terminal.focus();
      }
      return attach(screen.current.terminal, attempt);
    },
  });
  useEffect(() => () => screen.current?.dispose(), []);
  return (
    <ConsoleFrame
      kind="serial"
      instanceId={instance.id}
      label={t('serial.title', { name: instance.name })}
      running={running}
      link={link}
      boxRef={box}
      standalone={standalone}
      buttons={
        <ToolButton
          icon={<ClearOutlined />}
          label={t('serial.clear')}
          onClick={() => screen.current?.terminal.clear()}
        />
      }
    />
  );
}
