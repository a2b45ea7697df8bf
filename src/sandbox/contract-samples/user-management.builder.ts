import { sample } from './sample.builder.ts'

export const userManagementSamples = [
  sample('user-management', 'POST /users/712020:hid/manage/lifecycle/disable', 204),
  sample('user-management', 'POST /users/712020:hid/manage/lifecycle/enable', 204),
  sample('user-management', 'POST /users/712020:ana/manage/lifecycle/disable', 403),
  sample('user-management', 'POST /users/712020:nobody/manage/lifecycle/disable', 404),
]
