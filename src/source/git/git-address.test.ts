import { expect, test } from 'vitest'
import { parseAddress } from './git-address.ts'

const understood: Readonly<Record<string, { readonly given: string; readonly url?: string; readonly name: string }>> = {
  'https is taken as it is': { given: 'https://github.com/acme/access.git', name: 'https://github.com/acme/access' },
  'ssh keeps its user and port, and its name has no user': {
    given: 'ssh://git@git.acme.com:7999/ops/access.git',
    name: 'ssh://git.acme.com:7999/ops/access',
  },
  'what forges show for ssh is ssh': { given: 'git@GitHub.com:acme/access.git', name: 'ssh://github.com/acme/access' },
  'a directory of this machine is a file address': {
    given: '../access',
    url: 'file:///work/access',
    name: 'file:///work/access',
  },
  'http is for this machine': { given: 'http://127.0.0.1:3000/acme/access', name: 'http://127.0.0.1:3000/acme/access' },
}

for (const [name, { given, url = given, name: shown }] of Object.entries(understood)) {
  test(name, () => expect(parseAddress(given, '/work/here')).toMatchObject({ url, name: shown }))
}

const refused: Readonly<Record<string, string>> = {
  'a password in an address': 'https://ana:secret@github.com/acme/access',
  'a token in an address': 'https://token@github.com/acme/access',
  'http to elsewhere': 'http://git.acme.com/access',
  'a protocol that runs programs': 'ext::sh -c id',
  'a remote helper in a URL': 'foo://example.com/x',
  'an option in the place of an address': '--upload-pack=id',
  'an option in the place of a host': 'ssh://-oProxyCommand=id/x',
  'an option in the place of a path': 'ssh://git@example.com/-x',
  'a line break': 'https://github.com/a\nb',
  'a query': 'https://github.com/acme/access?token=1',
  'nothing at all': '',
}

for (const [name, given] of Object.entries(refused)) {
  test(`${name} is refused, and the message does not repeat a secret`, () => {
    expect(() => parseAddress(given, '/work')).toThrow(expect.objectContaining({ code: 'GIT_SETTING' }) as Error)
    expect(() => parseAddress(given, '/work')).not.toThrow(/secret|token@/)
  })
}
