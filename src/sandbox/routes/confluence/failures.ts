import type { Answer, Route } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'

/**
 * No error body is described for either version. This one is what was seen of v1:
 * `{"statusCode":404,"data":{…},"message":"com.atlassian.confluence.api.service.exceptions.NotFoundException: …"}`.
 */
export function failureOfV1(status: number, message: string): Answer {
  const data = { authorized: status !== 401 && status !== 403, valid: status !== 400, errors: [], successful: false }
  return { status, body: { statusCode: status, data, message } }
}

/** Not described either; see `failureOfV1`. */
export function failureOfV2(status: number, message: string): Answer {
  const code = { 400: 'INVALID_REQUEST_PARAMETER', 401: 'UNAUTHORIZED', 404: 'NOT_FOUND' }[status] ?? 'ERROR'
  return { status, body: { errors: [{ status, code, title: message, detail: null }] } }
}

/** The whole of a refusal in v1: who may not is told 403. */
export function refusedOfV1({ reason, message }: Refusal): Answer {
  if (reason === 'not-found' || reason === 'not-invited') return failureOfV1(404, message)
  if (reason === 'forbidden' || reason === 'group-synced') return failureOfV1(403, message)
  // that the permission exists is nowhere in the answer (atlassian-api/atlassian-python-api, pull request 531)
  return failureOfV1(400, reason === 'already-exists' ? 'Bad Request' : message)
}

/** In v2, what the caller may not do is not there: none of its operations describes 403. */
function refusedOfV2({ reason, message }: Refusal): Answer {
  return failureOfV2(reason === 'not-found' || reason === 'forbidden' ? 404 : 400, message)
}

/** The route with the errors of v2, which stands beside v1 in one API. */
export function ofV2(route: Route): Route {
  return {
    ...route,
    handle(request) {
      try {
        return route.handle(request)
      } catch (error) {
        if (error instanceof Refusal) return refusedOfV2(error)
        throw error
      }
    },
  }
}
