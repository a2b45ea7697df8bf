import { expect, test } from 'vitest'
import { tell, type Step } from './story.builder.ts'

const v1 = '/wiki/rest/api/space/FIN/permission'
const v2 = '/wiki/api/v2'

const grant = (identifier: string, key: string, target: string, type = 'user'): Step => ({
  call: `POST ${v1}`,
  body: { subject: { type, identifier }, operation: { key, target } },
  status: 200,
})

const stories: Readonly<Record<string, readonly Step[]>> = {
  'the permissions of a space show principals and keys that no write takes': [
    grant('anonymous', 'read', 'space'),
    grant('712020:hid', 'read', 'space'),
    grant('712020:hid', 'administer', 'space'),
    {
      call: `GET ${v2}/spaces/65537/permissions?limit=250`,
      status: 200,
      answer: {
        results: expect.arrayContaining([
          expect.objectContaining({ principal: { type: 'access-class', id: 'anonymous-users' } }),
          expect.objectContaining({
            principal: { type: 'user', id: '712020:hid' },
            operation: { key: 'manage_content', targetType: 'space' },
          }),
        ]) as unknown,
      },
    },
  ],
  'what is granted already is 400 like any other mistake': [
    {
      call: `POST ${v1}`,
      body: { subject: { type: 'user', identifier: '712020:svc' }, operation: { key: 'read', target: 'space' } },
      status: 400,
    },
    {
      call: `POST ${v1}`,
      body: { subject: { type: 'user', identifier: 'nobody' }, operation: { key: 'read', target: 'space' } },
      status: 400,
    },
  ],
  'one principal has a role, another single permissions, in the same space': [
    {
      call: `POST ${v2}/spaces/65537/role-assignments`,
      body: [
        {
          principal: { principalType: 'USER', principalId: '712020:hid' },
          roleId: '0f1e2d3c-0000-4000-8000-00000000000a',
        },
      ],
      status: 200,
    },
    {
      call: `GET ${v2}/spaces/65537/role-assignments?principal-type=USER&principal-id=712020:hid`,
      status: 200,
      answer: { results: [{ principal: { principalId: '712020:hid' } }] },
    },
    grant('712020:ana', 'read', 'space'),
  ],
}

test.each(Object.entries(stories))('%s', async (_, steps) => {
  await expect(tell(steps)).resolves.toBeUndefined()
})
