/** A certificate that nobody else has signed. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export async function selfSigned(directory: string, address: string): Promise<{ key: string; certificate: string }> {
  const [keyFile, certificateFile] = [join(directory, 'key.pem'), join(directory, 'certificate.pem')];
  const made = ['-keyout', keyFile, '-out', certificateFile, '-days', '2', '-nodes', '-x509', '-subj', '/CN=test'];
  const name = ['-addext', `subjectAltName=IP:${address}`];
  await promisify(execFile)('openssl', [
    'req',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    ...made,
    ...name,
  ]);
  return { key: await readFile(keyFile, 'utf8'), certificate: await readFile(certificateFile, 'utf8') };
}
