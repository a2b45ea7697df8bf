import type { Diagnostic } from '../core/diagnostic.ts'
import { organizationPath } from '../init/access-repository.ts'
import type { Answers } from '../init/answers.ts'
import { organizationText } from '../init/organization-text.ts'
import { parseYaml } from '../source/yaml-documents.ts'
import type { Context } from './context.ts'
import { checkOffline } from './offline.ts'

/** What is wrong with the answers, for people; empty where a repository can be made of them. */
export async function answersProblems(answers: Answers, isScim: boolean, context: Context): Promise<readonly string[]> {
  const { scimDirectoryId, sites, email, owner } = answers
  const missing = [
    isScim && scimDirectoryId === undefined ? ['--provisioning SCIM needs --scim-directory-id'] : [],
    !isScim && scimDirectoryId !== undefined ? ['--scim-directory-id is for --provisioning SCIM'] : [],
    sites.length > 0 && email === undefined ? ['--site needs --email, the account whose API token opens the site'] : [],
    codeOwner.test(owner) ? [] : [`--owner ${owner}: write @acme/security, @ana or an address`],
  ].flat()
  return missing.length > 0 ? missing : manifestProblems(organizationText(answers), context)
}

/** As GitHub and GitLab read one: nothing that would end the line or begin another owner. */
const codeOwner = /^(@[\w.-]+(\/[\w.-]+)*|[^\s@#]+@[^\s@#]+)$/

/** The schema and the rules of the kind judge ids, addresses and names, as they would later. */
async function manifestProblems(text: string, { io }: Context): Promise<readonly string[]> {
  const problems = await checkOffline(parseYaml(text, organizationPath), io.clock.now(), io.cwd)
  return problems.map(described)
}

const described = ({ message, hint, path = [] }: Diagnostic): string =>
  [...(path.length > 0 ? [path.join('.')] : []), message, ...(hint === undefined ? [] : [hint])].join(': ')
