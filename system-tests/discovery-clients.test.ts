/** The announced domain in the eyes of programs that others wrote: avahi's browser, a plain DNS client, a network scanner. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLab, type Lab, type LabHost, labMissing, waitFor } from '@zhiyun/testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';

const needed = ['avahi-daemon', 'avahi-browse', 'dbus-daemon', 'dig', 'nmap'];
const absent = needed.filter((name) => !['/usr/sbin', '/usr/bin'].some((path) => existsSync(join(path, name))));
const missing = labMissing() ?? (absent.length > 0 ? `${absent.join(', ')} not installed` : undefined);
if (missing) console.log(`discovery-clients: skipped, ${missing}`);

const program = join(import.meta.dirname, 'discovery-process.ts');
const domainId = '018f0000-0000-7000-8000-00000000d001';
const componentId = '018f0000-0000-7000-8000-00000000c001';
const service = '_zhiyun._tcp.local';

describe.skipIf(missing)('the announced domain is seen', () => {
  let lab: Lab;
  let server: LabHost;
  let looker: LabHost;
  let announcer: Awaited<ReturnType<LabHost['run']>>;
  let environment: Record<string, string>;

  beforeAll(async () => {
    lab = await createLab({ hosts: ['server', 'looker'] });
    [server, looker] = [lab.host('server'), lab.host('looker')];
    const settings = JSON.stringify({ domain: { id: domainId, name: '致云 office' }, componentId, port: 7400 });
    announcer = await server.run(process.execPath, [program, 'announce', settings]);
    await announcer.says(/announced/);

    // A bus and a daemon of the looker's own: nothing of this machine is asked or told.
    const address = `unix:path=${join(looker.home, 'bus')}`;
    environment = { DBUS_SYSTEM_BUS_ADDRESS: address };
    const bus = await looker.run('dbus-daemon', ['--session', '--nofork', '--print-address', `--address=${address}`]);
    await bus.says(/unix:/);
    const configuration = join(looker.home, 'avahi.conf');
    await writeFile(configuration, '[server]\nuse-ipv6=no\n[publish]\ndisable-publishing=yes\n');
    await looker.exec('mkdir', ['-p', '/run/avahi-daemon']);
    await looker.exec('mount', ['-t', 'tmpfs', 'tmpfs', '/run/avahi-daemon']);
    const options = ['--no-drop-root', '--no-chroot', '--no-rlimits', '--file', configuration];
    await looker.run('avahi-daemon', options, { env: environment });
    await waitFor(async () => (await browse().catch(() => '')).includes('='), { describe: 'avahi to answer' });
  });
  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
  });

  const browse = (...options: string[]) =>
    looker.exec('avahi-browse', ['--resolve', '--terminate', '--parsable', ...options, '_zhiyun._tcp'], {
      env: environment,
    });

  it('by avahi, with address, port and text', async () => {
    onTestFailed(() => console.log(lab.report()));
    const line = (await browse()).split('\n').find((each) => each.startsWith('='));
    expect(line?.split(';').slice(3)).toEqual([
      componentId,
      '_zhiyun._tcp',
      'local',
      `${componentId}.local`,
      server.address,
      '7400',
      expect.stringContaining(`"domain=${domainId}"`),
    ]);
  });

  it('by avahi among all kinds of services', async () => {
    const kinds = await looker.exec('avahi-browse', ['--all', '--terminate', '--parsable'], { env: environment });
    expect(kinds).toContain('_zhiyun._tcp');
  });

  it('by a plain DNS client, which is answered on its own port in its own terms', async () => {
    const dig = (...question: string[]) =>
      looker.exec('dig', ['-p', '5353', `@${server.address}`, '+norecurse', '+time=3', ...question]);
    const answer = await dig(service, 'PTR');
    expect(answer).toMatch(new RegExp(`^${service}\\.\\s+10\\s+IN\\s+PTR\\s+${componentId}\\.${service}\\.$`, 'm'));
    expect(answer).toMatch(/ANSWER: 1, AUTHORITY: 0, ADDITIONAL: [34]/);
    expect(await dig('+short', `${componentId}.local`, 'A')).toBe(`${server.address}\n`);
    expect(await dig('+short', '_services._dns-sd._udp.local', 'PTR')).toBe(`${service}.\n`);
  });

  it('by nmap', async () => {
    const found = await looker.exec(
      'nmap',
      ['-Pn', '-sU', '-p', '5353', '--script', 'dns-service-discovery', server.address],
      {
        timeoutMs: 60_000,
      },
    );
    expect(found).toMatch(/7400\/tcp zhiyun/);
    expect(found).toContain(`Address=${server.address}`);
  });

  it('and is gone from avahi when it says goodbye', async () => {
    announcer.stdin?.end();
    await announcer.ended;
    await waitFor(async () => !(await browse('--cache')).includes(componentId), { describe: 'avahi to forget it' });
  });
});
