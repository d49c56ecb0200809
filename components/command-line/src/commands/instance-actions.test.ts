import { expect, test } from 'vitest';
import { type Answer, runCli } from '../testing/run-cli.ts';
import { instance, notFound, operation } from '../testing/samples.ts';

const platform =
  (states: Record<string, string>): Answer =>
  ({ call }) => {
    const [, method, name = '', verb] = /^(\w+) \/instances\/([^/]+)(?:\/(\w+))?/.exec(call) ?? [];
    if (!states[name]) return notFound(`There is no instance «${name}».`);
    if (method === 'GET') return { body: instance(name, states[name]) };
    return { status: 202, body: operation(`instance.${method === 'DELETE' ? 'delete' : verb}`, name) };
  };

test('each of several targets is tried, each result is said, and the worst decides the exit status', async () => {
  const { out, err, code, asked } = await runCli(
    ['instance', 'kill', 'a', 'nosuch', 'b'],
    platform({ a: 'running', b: 'running' }),
  );
  expect(out.split('\n').sort()).toEqual([
    '',
    'instance.kill a: succeeded (operation op-a)',
    'instance.kill b: succeeded (operation op-b)',
  ]);
  expect(err).toBe('nosuch: There is no instance «nosuch». (not-found)\nzhiyun: 1 of 3 failed\n');
  expect(code).toBe(1);
  expect(asked).toHaveLength(3);
});

test('programs are told the same, in the order of the call', async () => {
  const { out, code } = await runCli(
    ['instance', 'kill', 'a', 'nosuch', 'b', '--json'],
    platform({ a: 'running', b: 'running' }),
  );
  expect(JSON.parse(out)).toMatchObject([
    { target: 'a', result: { state: 'succeeded' } },
    { target: 'nosuch', error: { code: 'not-found' } },
    { target: 'b', result: { state: 'succeeded' } },
  ]);
  expect(code).toBe(1);
});

test('several are started, stopped and deleted by one request; what fails makes the whole fail, and is said', async () => {
  const failed = operation('instance.start-batch', 'a, b', 'failed', {
    code: 'launch-failed',
    detail: '1 of 2: b: No memory.',
  });
  const { out, err, code, asked } = await runCli(['instance', 'start', 'a', 'b', 'a'], () => ({
    status: 202,
    body: failed,
  }));
  expect(asked.map(({ call }) => call)).toEqual(['POST /instances/batch-start']);
  expect(`${out}${err}`).toContain('1 of 2: b: No memory. (launch-failed)');
  expect(code).toBe(1);
  for (const verb of ['stop', 'delete']) {
    const done = operation(`instance.${verb}-batch`, 'a, b');
    const ran = await runCli(['instance', verb, 'a', 'b', ...(verb === 'delete' ? ['--yes'] : [])], () => ({
      status: 202,
      body: done,
    }));
    expect(ran.code).toBe(0);
    expect(ran.asked.map(({ call }) => call)).toEqual([`POST /instances/batch-${verb}`]);
  }
});

test('several are created by one request, named by a rule; a name beside it is refused', async () => {
  const done = operation('instance.create-batch', 'web-1 … web-20 (20)');
  const args = ['instance', 'create', '--count', '20', '--name-rule', 'web-{n}', '--no-start'];
  const { asked, code } = await runCli(args, () => ({ status: 202, body: done }));
  expect(code).toBe(0);
  expect(asked).toMatchObject([{ call: 'POST /instances/batch' }]);
  const refused = await runCli([...args, 'web'], () => ({ body: done }));
  expect(refused).toMatchObject({ asked: [], out: '' });
  expect(refused.err).toContain('--name-rule');
  const numbered = await runCli(['instance', 'create', 'web', '--first-number', '5', '--no-start'], () => ({
    body: done,
  }));
  expect(numbered).toMatchObject({ asked: [], code: 2 });
});

test('what runs is not deleted unasked: without a terminal --yes is wanted', async () => {
  const states = platform({ web: 'running', old: 'stopped' });
  const refused = await runCli(['instance', 'delete', 'web', 'old'], states);
  expect(refused).toMatchObject({ code: 2, out: '' });
  expect(refused.err).toContain('web is running');
  expect(refused.err).toContain('--yes');
  expect(refused.asked.filter(({ call }) => call.startsWith('DELETE'))).toEqual([]);
  const stopped = await runCli(['instance', 'delete', 'old'], states);
  expect(stopped).toMatchObject({ code: 0, out: 'instance.delete old: succeeded (operation op-old)\n' });
  const sure = await runCli(['instance', 'delete', 'web', '--yes'], states);
  expect(sure).toMatchObject({ code: 0, asked: [{ call: 'DELETE /instances/web' }] });
});
