// @vitest-environment jsdom
import { screen } from '@testing-library/react';
import type { Operation } from '@zhiyun/contracts';
import { App, Button } from 'antd';
import { expect, it } from 'vitest';
import { pageInJsdom } from '../testing/page-in-jsdom.tsx';
import { useNotice } from './use-notice.tsx';

const ended = {
  id: 'o',
  kind: 'instance.create-batch',
  state: 'failed',
  target: { kind: 'system', id: 'instances', name: 'web-1 … web-20 (20)' },
  error: { code: 'insufficient-capacity', detail: 'web-20: no room.' },
  children: { total: 20, waiting: 0, running: 0, succeeded: 17, failed: 3, cancelled: 0, stuck: 0 },
} as unknown as Operation;
function Ending() {
  const notice = useNotice();
  return <Button onClick={() => notice.operationEnded(ended)}>end</Button>;
}
// Within the router, as in the console: the notice holds a link.
const { open } = pageInJsdom(
  () => (
    <App>
      <Ending />
    </App>
  ),
  () => ({}),
);

it.each([
  ['zh-CN', '20 项中有 3 项没有成功'],
  ['en-US', '3 of 20 did not succeed'],
] as const)('tells in %s of a batch how many failed, not the error of one as that of all', async (language, words) => {
  const user = await open(language);
  await user.click(await screen.findByRole('button', { name: 'end' }));
  expect((await screen.findAllByText(words)).length).toBeGreaterThan(0);
});
