/** The owner of a lab, to be killed: makes one with a program in it, says what there is, and waits. */
import { createLab } from '@zhiyun/testkit';

const lab = await createLab({ hosts: ['a', 'b'] });
const daemon = await lab.host('a').run('sh', ['-c', 'sleep 1000 & exec sleep 1001']);
await lab.host('b').exec('sh', ['-c', 'setsid sleep 1002 >/dev/null 2>&1 & echo started']);
console.log(JSON.stringify({ directory: lab.directory, pids: [daemon.pid, ...lab.hosts.map(({ pid }) => pid)] }));
setInterval(() => {}, 60_000);
