import { read, write, type Answer, type ApiDefinition } from '../../exchange.ts'
import { deleteToken, listTokens } from './api-tokens.ts'
import { cancelDelete, deleteAccount, disable, enable } from './lifecycle.ts'
import { privileges } from './manage.ts'
import { getProfile, setEmail, updateProfile } from './profile.ts'

const base = '/users/{account_id}/manage'

/** The User management API: accounts that the organization manages, whoever invited them. */
export const userManagementApi: ApiDefinition = {
  api: 'user-management',
  contentType: 'application/json',
  unauthorized: () => ({ status: 401, body: { key: 'unauthorized' } }),
  // the rules of this API answer for themselves: what is left to refuse is a body that is not JSON
  refused: (): Answer => ({ status: 400, body: { key: 'bodyParseFailure' } }),
  routes: [
    read('GET', base, 'getUserManagementPermissions', privileges),
    read('GET', `${base}/profile`, 'getUserProfile', getProfile),
    write('PATCH', `${base}/profile`, 'updateUserProfile', updateProfile),
    write('PUT', `${base}/email`, 'setUserEmail', setEmail),
    write('POST', `${base}/lifecycle/disable`, 'deactivateUser', disable),
    write('POST', `${base}/lifecycle/enable`, 'activateUser', enable),
    write('POST', `${base}/lifecycle/delete`, 'deleteUser', deleteAccount),
    write('POST', `${base}/lifecycle/cancel-delete`, 'cancelUserDeletion', cancelDelete),
    read('GET', `${base}/api-tokens`, 'listUserApiTokens', listTokens),
    write('DELETE', `${base}/api-tokens/{tokenId}`, 'deleteUserApiToken', deleteToken),
  ],
}
