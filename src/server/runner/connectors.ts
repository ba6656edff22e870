import type { Connector } from './connector.ts'

/** A type of connection that this server really talks to. Its code is loaded when it is first used. */
export interface ConnectorEntry {
  source: boolean
  target: boolean
  /** People can sign in to it in a browser. */
  signsIn?: true
  /** Whole tables can be copied out of it and into it. */
  copies?: boolean
  load: () => Promise<Connector>
}

/** The connectors by types of connections. */
export type Connectors = ReadonlyMap<string, ConnectorEntry>

/** Those that ship with polyctl. */
export const localConnectors: Connectors = new Map<string, ConnectorEntry>([
  ['csv', { source: true, target: false, load: async () => (await import('./csv/connector.ts')).csv }],
  [
    'mongodb',
    {
      source: true,
      target: false,
      load: async () => (await import('./mongodb/connector.ts')).mongodb
    }
  ],
  [
    'postgresql',
    {
      source: true,
      target: true,
      copies: true,
      load: async () => (await import('./postgresql/connector.ts')).postgresql
    }
  ],
  [
    'salesforce',
    {
      source: false,
      target: true,
      signsIn: true,
      load: async () => (await import('./salesforce/connector.ts')).salesforce
    }
  ],
  ['webhook', { source: false, target: true, load: async () => (await import('./webhook.ts')).webhook }]
])
