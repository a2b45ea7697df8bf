// @peculiar/x509 finds its parts by decorators and wants this before it
import 'reflect-metadata'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { KeyObject, type webcrypto } from 'node:crypto'
import { isIP } from 'node:net'

/** What a TLS server needs, and what its clients need to trust it. PEM. */
export interface ServerCertificate {
  readonly certificate: string
  /** Stays in memory. */
  readonly privateKey: string
  /** The certificate of the authority that signed; its key is gone once it has signed. */
  readonly authority: string
}

const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' }
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' }
const dayMs = 24 * 60 * 60 * 1000

/**
 * An authority and a certificate by it, with new keys each time, valid for 90 days. Both carry their key identifiers:
 * Python 3.13 and newer verify with VERIFY_X509_STRICT (docs.python.org, ssl.create_default_context) and refuse a
 * certificate without.
 * @param names DNS names, also with a wildcard, and IP addresses
 * @param nowMs milliseconds since 1970
 */
export async function createCertificate(names: readonly string[], nowMs: number): Promise<ServerCertificate> {
  const [authorityKeys, keys] = await Promise.all([newKeys(), newKeys()])
  // a day back, for clients in containers whose clocks lag
  const validity = { notBefore: new Date(nowMs - dayMs), notAfter: new Date(nowMs + 89 * dayMs) }
  const authority = await X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: 'CN=Roster sandbox authority',
    keys: authorityKeys,
    signingAlgorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  })
  const certificate = await X509CertificateGenerator.create({
    ...validity,
    subject: 'CN=Roster sandbox',
    issuer: authority.subject,
    publicKey: keys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value }))),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  })
  return {
    certificate: certificate.toString('pem'),
    privateKey: KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString(),
    authority: `${authority.toString('pem')}\n`,
  }
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify'])
}
