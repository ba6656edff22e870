import type { ConnectionFacts, Connector, ConnectorParts, TargetReader } from '../connector.ts'
import { count, lookUp } from './look-up.ts'
import { allObjects, factsOf, fieldNamed, objectsOf } from './objects.ts'
import { openSalesforce } from './session.ts'
import { signInSteps } from './sign-in.ts'
import { standsAs } from './values.ts'
import { refusalOf, write } from './write.ts'

/** The connector of Salesforce: records are found by SOQL and written 200 at once, by the official client. */
export const salesforce: Connector = {
  signIn: signInSteps,
  reader: async (connection, parts) => (await opened(connection, parts)).reader,
  writer: async (connection, parts) => {
    const { reader, organization, objects } = await opened(connection, parts)
    return {
      ...reader,
      write: async (request) => write(organization, await objects(request.object), request)
    }
  }
}

async function opened(connection: ConnectionFacts, parts: ConnectorParts) {
  const organization = await openSalesforce(connection, parts)
  const objects = objectsOf(organization)
  const reader: TargetReader = {
    describe: async (name) => {
      const object = await objects(name)
      return {
        ...factsOf(object),
        refusalOf: refusalOf(object),
        standsAs: (field, value) => standsAs(value, fieldNamed(object, field))
      }
    },
    lookUp: async (object, request) => lookUp(organization, await objects(object), request),
    count: async (object) => count(organization, await objects(object)),
    objects: () => allObjects(organization),
    close: () => Promise.resolve()
  }
  return { organization, objects, reader }
}
