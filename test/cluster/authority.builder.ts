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
  type JsonName,
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
  const authorityKeys = await newKeys()
  const validity = { notBefore: new Date(nowMs - hourMs), notAfter: new Date(nowMs + 168 * hourMs) }
  const name = 'CN=Test cluster authority'
  const extensions = await authorityExtensions(authorityKeys)
  const authority = await X509CertificateGenerator.createSelfSigned({
    ...validity,
    name,
    keys: authorityKeys,
    signingAlgorithm,
    extensions,
  })

  async function issue(subject: JsonName, usage: ExtendedKeyUsage): Promise<Certified> {
    const keys = await newKeys()
    const certificate = await X509CertificateGenerator.create({
      ...validity,
      subject,
      issuer: authority.subject,
      publicKey: keys.publicKey,
      signingKey: authorityKeys.privateKey,
      signingAlgorithm,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([usage]),
        ...(usage === ExtendedKeyUsage.serverAuth ? [serverNames] : []),
        await AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
      ],
    })
    return { certificate: `${certificate.toString('pem')}\n`, privateKey: privateKeyOf(keys) }
  }

  return {
    certificate: `${authority.toString('pem')}\n`,
    issueServer: () => issue([{ CN: ['apiserver'] }], ExtendedKeyUsage.serverAuth),
    issueUser: (user, groups) =>
      issue([{ CN: [user] }, ...groups.map((group) => ({ O: [group] }))], ExtendedKeyUsage.clientAuth),
  }
}

const authorityExtensions = async ({ publicKey }: webcrypto.CryptoKeyPair) => [
  new BasicConstraintsExtension(true, undefined, true),
  new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.digitalSignature, true),
  await SubjectKeyIdentifierExtension.create(publicKey),
]

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
