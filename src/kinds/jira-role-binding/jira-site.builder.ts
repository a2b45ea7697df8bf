import type { ApiRequest, Reader } from '../../core/ports.ts'
import { RemoteError } from '../../core/remote-error.ts'

/** Projects and roles as Jira lists them, and a Jira of a few answers. */

export const pay = { id: '10000', key: 'PAY', name: 'Payments', projectTypeKey: 'software', style: 'classic' }
export const paint = { ...pay, id: '10001', key: 'PAINT', projectCategory: { name: 'Core' } }
export const growth = { ...pay, id: '10002', key: 'GROWTH', style: 'next-gen' }
export const developers = { id: 10001, name: 'Developers' }
export const administrators = { id: 10002, name: 'Administrators' }

export const notFound = (status = 404) => new RemoteError({ request: 'GET /x', status, effect: 'refused' })

/** Answers by path template; a function may throw. */
export const readerOf = (answers: Readonly<Record<string, (request: ApiRequest) => unknown>>): Reader => ({
  read: async <Body>(request: ApiRequest) => {
    const answer = answers[request.path]
    if (!answer) throw new Error(`unexpected read of ${request.path}`)
    return answer(request) as Body
  },
})
