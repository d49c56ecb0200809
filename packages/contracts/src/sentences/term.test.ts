import { expect, test } from 'vitest';
import { instanceStates } from '../instance/state.ts';
import { kindTitle, operationTerm, termOf } from './term.ts';

test('a value has its word in both languages, and stands for itself where there is none', () => {
  expect(termOf('instance.state', 'running', 'zh')).toBe('运行中');
  expect(termOf('instance.stop-reason', 'crashed', 'en')).toBe('crashed');
  expect(termOf('operation.step', 'cut-off', 'zh')).toBe('切断连接并吊销身份');
  expect(termOf('instance.state', 'migrating', 'zh')).toBe('migrating');
  for (const state of instanceStates) expect(termOf('instance.state', state, 'zh')).toMatch(/\p{Script=Han}/u);
});

test('operations and kinds are named', () => {
  expect(operationTerm('instance.create', 'en')).toBe('Create instance');
  expect(operationTerm('router.drain', 'zh')).toBe('router.drain');
  expect(kindTitle('compute-pool', 'en')).toBe('Compute pool');
  expect(kindTitle('compute-pool', 'zh')).toBe('计算资源池');
  expect(kindTitle('router', 'zh')).toBe('Router');
});
