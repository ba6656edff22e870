/**
 * The shape of `schemas/connection-types.json`: what a connection of each of the 226 types may be
 * configured with. Facts of the service, in a compact form of our own: whatever is false, absent or a
 * string is left out.
 */
export interface ConnectionType {
  name: string
  /** A connection of this type can be made empty and is then authorized by a person in a browser. */
  oauth?: true
  fields: Record<string, ConnectionField>
}

export interface ConnectionField {
  /** Default: `string`. */
  type?: 'string' | 'boolean' | 'integer' | 'array' | 'object'
  /** As the service's schema says; not enforced where a connection may be completed by a person later. */
  required?: true
  /** Never returned: the service answers with a mask. */
  secret?: true
  /** Filled by the service; what a client sends is ignored. */
  readOnly?: true
  /** Not shown in the web page: settable only where `api` is set too, else internal to the service. */
  hidden?: true
  api?: true
  enum?: string[]
  default?: string | boolean | number | string[]
  format?: string
  /** Of an array. */
  items?: ConnectionField
  /** Of an object with named fields. */
  fields?: Record<string, ConnectionField>
  /** Of an object with free names. */
  values?: ConnectionField
}

export type ConnectionTypes = Record<string, ConnectionType>
