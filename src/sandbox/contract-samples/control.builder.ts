import { organizationId, sample } from './sample.builder.ts'

const control = `/admin/control/v1/orgs/${organizationId}`

export const controlSamples = [
  sample('control', `POST ${control}/auth-policy/0f1e2d3c-0000-4000-8000-000000000021/add-users`, 202, {
    users: ['hid@acme.com', 'out@partner.io'],
  }),
  sample('control', `GET ${control}/auth-policy/task/{task}`, 200),
  sample('control', `GET ${control}/auth-policy/task/none`, 404),
  sample('control', `POST ${control}/users/auth-policies/bulk-fetch`, 200, {
    accountIds: ['712020:ana', '712020:hid'],
  }),
]
