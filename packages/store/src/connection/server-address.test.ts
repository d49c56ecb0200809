import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { describeDatabase, serverAddresses } from './server-address.ts';

function seenByDriver(url: string) {
  return serverAddresses(url).map((server) => {
    const { user, password, host, port, database } = new pg.Client({ connectionString: server.url });
    return { user, password, host, port, database };
  });
}

test('every host gets the credentials, the database and the options', () => {
  const login = { user: 'zhi yun', password: 'a@b:c/d,e', database: 'zhiyun' };
  expect(seenByDriver('postgresql://zhi%20yun:a%40b%3Ac%2Fd%2Ce@h1:5433,[2001:db8::1]:5434,h3/zhiyun')).toEqual([
    { ...login, host: 'h1', port: 5433 },
    { ...login, host: '2001:db8::1', port: 5434 },
    { ...login, host: 'h3', port: 5432 },
  ]);
});

test('options are passed on to each', () => {
  const servers = serverAddresses('postgresql://u@h1,h2/d?sslmode=no-verify&options=-csearch_path%3Da');
  for (const { url } of servers) {
    const client = new pg.Client({ connectionString: url });
    expect(client.ssl).toEqual({ rejectUnauthorized: false });
    expect(url).toContain('search_path%3Da');
  }
  expect(servers.map(({ name }) => name)).toEqual(['h1:5432', 'h2:5432']);
});

test('a socket, and hosts with their ports in the query', () => {
  expect(seenByDriver('postgresql://zhiyun@localhost/zhiyun?host=%2Frun%2Fa')).toMatchObject([
    { host: '/run/a', port: 5432 },
  ]);
  expect(seenByDriver('postgresql:///d?host=/run/a,127.0.0.1&port=5433,5434')).toMatchObject([
    { host: '/run/a', port: 5433 },
    { host: '127.0.0.1', port: 5434 },
  ]);
});

test('its name for people holds no password', () => {
  const url = 'postgresql://u:secret@h1,[::1]:5433/zhiyun';
  expect(describeDatabase(serverAddresses(url))).toBe('"zhiyun" at h1:5432, [::1]:5433');
});

describe('what is no address is refused without repeating it', () => {
  test.each(['mysql://u:secret@h/d', 'postgresql://u:secret@h:99999/d', 'postgresql://u:secret@a:b:c/d', 'secret'])(
    '%s',
    (url) => {
      expect(() => serverAddresses(url)).toThrow(/address cannot be used/);
      expect(() => serverAddresses(url)).not.toThrow(/secret/);
    },
  );
});
