import { sample } from './sample.builder.ts'

const hid = '/users/712020:hid/manage'
const ana = '/users/712020:ana/manage'

export const userManagementSamples = [
  sample('user-management', `GET ${hid}`, 200),
  sample('user-management', `GET ${ana}?privileges=profile.write,email.set,lifecycle.enablement`, 200),
  sample('user-management', 'GET /users/712020:out/manage', 403),
  sample('user-management', 'GET /users/712020:nobody/manage', 404),
  sample('user-management', `GET ${hid}/profile`, 200),
  sample('user-management', `PATCH ${hid}/profile`, 200, { name: 'Hana', extended_profile: { job_title: 'Analyst' } }),
  sample('user-management', `PATCH ${hid}/profile`, 400, { nickname: 'x'.repeat(31) }),
  sample('user-management', `PATCH ${hid}/profile`, 400, { email: 'hana@acme.com' }),
  sample('user-management', `PATCH ${ana}/profile`, 403, { name: 'Ana' }),
  sample('user-management', `PUT ${hid}/email`, 204, { email: 'hana@acme.com' }),
  sample('user-management', `PUT ${hid}/email`, 400, { email: 'no address' }),
  sample('user-management', `PUT ${hid}/email`, 403, { email: 'hana@partner.io' }),
  sample('user-management', `PUT ${ana}/email`, 403, { email: 'other@acme.com' }),
  sample('user-management', `PUT ${hid}/email`, 204, { email: 'hid@acme.com' }),
  sample('user-management', `GET ${hid}/api-tokens`, 200),
  sample('user-management', `DELETE ${hid}/api-tokens/token-hid`, 204),
  sample('user-management', `DELETE ${hid}/api-tokens/token-hid`, 404),
  sample('user-management', `POST ${hid}/lifecycle/disable`, 204, { message: 'On leave' }),
  sample('user-management', `POST ${hid}/lifecycle/enable`, 204),
  sample('user-management', `POST ${hid}/lifecycle/delete`, 200),
  sample('user-management', `POST ${hid}/lifecycle/delete`, 409),
  sample('user-management', `POST ${hid}/lifecycle/enable`, 409),
  sample('user-management', `POST ${hid}/lifecycle/cancel-delete`, 200),
  sample('user-management', `POST ${hid}/lifecycle/cancel-delete`, 404),
  sample('user-management', `POST ${ana}/lifecycle/disable`, 403, {}),
  sample('user-management', 'POST /users/712020:nobody/manage/lifecycle/disable', 404, {}),
]
