/** Words to whoever typed the command: straight to the terminal, or as messages when started detached. */
export interface Utterance {
  stream: 'stdout' | 'stderr';
  text: string;
  /** Nothing more will be said: the platform is ready. */
  last: boolean;
}

export function say(utterance: Utterance): void {
  if (process.send) {
    if (process.connected) process.send(utterance);
  } else process[utterance.stream].write(`${utterance.text}\n`);
}

export const sayProgress = (text: string): void => say({ stream: 'stderr', text, last: false });
