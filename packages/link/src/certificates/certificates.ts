/**
 * X.509 for the domain, EC P-256 throughout. The Data Servers hold the CA; a component's certificate is short-lived and
 * carries its name as a URI; the gateway's is an ordinary server certificate for browsers.
 */
import 'reflect-metadata';
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  X509Certificate as NodeCertificate,
  randomBytes,
} from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';
import { PlatformError } from '@zhiyun/kernel';
import { type ComponentName, componentUri } from './component-uri.ts';

const day = 24 * 3600 * 1000;
export const componentCertificateMs = 7 * day;
export const serverCertificateMs = 90 * day;
/**
 * Validity of the CA. It starts in 2020, so that a CA made on a machine with a wrong clock is still valid once the
 * clock is right.
 */
const authorityLife = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2099-12-31T23:59:59Z') };
/**
 * Leaf certificates are backdated: a clock that was in the wrong time zone and is corrected later must not lock anybody
 * out.
 */
const skewMs = day;

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** PEM. */
export interface Authority {
  certificate: string;
  privateKey: string;
}

/** A new EC P-256 private key, PEM (PKCS#8). */
export function newPrivateKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

export async function createAuthority(domainName: string): Promise<Authority> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [`Zhiyun ${domainName}`] }],
    ...authorityLife,
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
  const privateKey = createPrivateKey({ key: pkcs8, type: 'pkcs8', format: 'der' });
  return {
    certificate: certificate.toString('pem'),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** PKCS#10, PEM. Only the key and its proof of possession matter: the signer decides the name. */
export async function createCertificateRequest(privateKey: string): Promise<string> {
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const publicKey = await crypto.subtle.importKey('spki', spki, algorithm, true, ['verify']);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    keys: { privateKey: await signingKey(privateKey), publicKey },
    signingAlgorithm: algorithm,
  });
  return request.toString('pem');
}

export async function signComponentCertificate(
  authority: Authority,
  certificateRequest: string,
  name: ComponentName,
  now: number,
): Promise<string> {
  const usages = [x509.ExtendedKeyUsage.clientAuth, x509.ExtendedKeyUsage.serverAuth];
  return await sign(authority, certificateRequest, {
    commonName: `${name.type} ${name.id}`,
    names: [{ type: 'url', value: componentUri(name) }],
    usages,
    now,
    lifeMs: componentCertificateMs,
  });
}

/** `names`: host names and IP addresses. */
export async function signServerCertificate(
  authority: Authority,
  certificateRequest: string,
  names: readonly string[],
  now: number,
): Promise<string> {
  return await sign(authority, certificateRequest, {
    commonName: 'Zhiyun',
    names: names.map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value })),
    usages: [x509.ExtendedKeyUsage.serverAuth],
    now,
    lifeMs: serverCertificateMs,
  });
}

/** Permanent fingerprint of a key: SHA-256 of the request's public key, hex. Throws `invalid-request`. */
export function publicKeySha256(certificateRequest: string): string {
  return createHash('sha256')
    .update(Buffer.from(readRequest(certificateRequest).publicKey.rawData))
    .digest('hex');
}

/** SHA-256 of a certificate (PEM or DER), hex. */
export function certificateSha256(certificate: string | Buffer): string {
  return createHash('sha256').update(new NodeCertificate(certificate).raw).digest('hex');
}

async function sign(
  authority: Authority,
  certificateRequest: string,
  subject: { commonName: string; names: x509.JsonGeneralNames; usages: string[]; now: number; lifeMs: number },
): Promise<string> {
  const request = readRequest(certificateRequest);
  if (!(await request.verify().catch(() => false))) {
    throw new PlatformError('invalid-request', 'The certificate request is not signed by its own key.');
  }
  const issuer = new x509.X509Certificate(authority.certificate);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: [{ CN: [subject.commonName] }],
    issuer: issuer.subjectName,
    notBefore: new Date(subject.now - skewMs),
    notAfter: new Date(subject.now + subject.lifeMs),
    publicKey: request.publicKey,
    signingKey: await signingKey(authority.privateKey),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(subject.usages),
      new x509.SubjectAlternativeNameExtension(subject.names),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  });
  return certificate.toString('pem');
}

function readRequest(pem: string): x509.Pkcs10CertificateRequest {
  try {
    return new x509.Pkcs10CertificateRequest(pem);
  } catch (cause) {
    throw new PlatformError('invalid-request', 'The certificate request cannot be read: PKCS#10 in PEM is expected.', {
      cause,
    });
  }
}

async function signingKey(pem: string): Promise<CryptoKey> {
  const pkcs8 = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
  return await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
}

/** 128 random bits, positive (RFC 5280 §4.1.2.2). */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}
