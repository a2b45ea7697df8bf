import type { ApiDefinition, Route } from './exchange.ts'
import { closeAccounts } from './world-deletion.ts'
import { recordEvent } from './world-events.ts'

/** The API over a world that time passes in: what is due happens before a request, and what it wrote is in the log. */
export function overKeptWorld(definition: ApiDefinition): ApiDefinition {
  return { ...definition, routes: definition.routes.map((route) => kept(definition, route)) }
}

function kept({ api }: ApiDefinition, route: Route): Route {
  return {
    ...route,
    handle(request) {
      closeAccounts(request.state, request.nowMs)
      const answer = route.handle(request)
      if (route.write && answer.status < 300) recordEvent(request, api, route.operation)
      return answer
    },
  }
}
