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
  type Extension,
  type JsonName,
  type X509Certificate,
} from '@peculiar/x509'
import { KeyObject, type webcrypto } from 'node:crypto'

/** PEM. */
export interface Certified {
  readonly certificate: string
  readonly privateKey: string
}

/** The authority that the API server and its clients have in common. */
export interface Authority {
  /** Its certificate, PEM. */
  readonly certificate: string
  /** A certificate of the API server, or of what stands before it, for 127.0.0.1 and localhost. */
  issueServer(): Promise<Certified>
  /** A client certificate: its common name is the user, its organizations are the groups. */
  issueUser(user: string, groups: readonly string[]): Promise<Certified>
}

const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' }
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' }
const hourMs = 60 * 60 * 1000

export async function createAuthority(nowMs: number): Promise<Authority> {
  const signer = await createSigner(nowMs)
  return {
    certificate: `${signer.certificate.toString('pem')}\n`,
    issueServer: () => issue(signer, [{ CN: ['apiserver'] }], [serverUsage, serverNames]),
    issueUser: (user, groups) =>
      issue(signer, [{ CN: [user] }, ...groups.map((group) => ({ O: [group] }))], [clientUsage]),
  }
}

type Signer = {
  readonly keys: webcrypto.CryptoKeyPair
  readonly certificate: X509Certificate
  readonly validity: { readonly notBefore: Date; readonly notAfter: Date }
}

async function createSigner(nowMs: number): Promise<Signer> {
  const keys = await newKeys()
  const validity = { notBefore: new Date(nowMs - hourMs), notAfter: new Date(nowMs + 168 * hourMs) }
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: 'CN=Test cluster authority',
    keys,
    signingAlgorithm,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.digitalSignature, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { keys, certificate, validity }
}

async function issue(signer: Signer, subject: JsonName, usage: readonly Extension[]): Promise<Certified> {
  const keys = await newKeys()
  const certificate = await X509CertificateGenerator.create({
    ...signer.validity,
    subject,
    issuer: signer.certificate.subject,
    publicKey: keys.publicKey,
    signingKey: signer.keys.privateKey,
    signingAlgorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      ...usage,
      await AuthorityKeyIdentifierExtension.create(signer.keys.publicKey),
    ],
  })
  return { certificate: `${certificate.toString('pem')}\n`, privateKey: privateKeyOf(keys) }
}

const serverUsage = new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth])
const clientUsage = new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])
const serverNames = new SubjectAlternativeNameExtension([
  { type: 'dns', value: 'localhost' },
  { type: 'ip', value: '127.0.0.1' },
])

/** The key that signs the tokens of service accounts, PEM. */
export const createSigningKey = async (): Promise<string> => privateKeyOf(await newKeys())

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify'])
}

const privateKeyOf = (keys: webcrypto.CryptoKeyPair): string =>
  KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString()
