import type { JsonObject } from '../../state/value.ts'

/** A text that stands in the environment: `${env:NAME}`, and nothing beside it. */
function fromEnvironment(what: string): JsonObject {
  return {
    type: 'string',
    pattern: '^\\$\\{env:[A-Za-z_][A-Za-z0-9_]*\\}$',
    description: `${what} It stands in a variable of the environment, and is written \${env:NAME} here.`
  }
}

const name = {
  type: 'string',
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
  description: 'What it is called: letters, digits, points and dashes. Absent: its sort and its number.'
}

const duration = {
  type: 'string',
  pattern: '^\\d{1,6} ?[smhd]$',
  description: 'A time such as 15m, 6h or 7d.'
}

const clock = {
  type: 'string',
  pattern: '^([01]\\d|2[0-3]):[0-5]\\d$',
  description: 'A time of the day such as 22:00, with quotes around it.'
}

function receivers(description: string, properties: JsonObject, required: string[]): JsonObject {
  return {
    description,
    type: 'array',
    maxItems: 20,
    items: { type: 'object', additionalProperties: false, required, properties: { name, ...properties } }
  }
}

const quiet: JsonObject = {
  description: 'Times in which nobody is told anything; what came meanwhile is told at their end.',
  type: 'array',
  maxItems: 20,
  items: {
    type: 'object',
    additionalProperties: false,
    minProperties: 1,
    properties: {
      from: clock,
      to: clock,
      days: {
        description: 'The days on which it begins. Absent: each day.',
        type: 'array',
        minItems: 1,
        items: { enum: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] }
      },
      time_zone: { type: 'string', description: 'Such as Europe/Berlin. Absent: UTC.' }
    }
  }
}

/** The schema of `watch` in `polyctl.yaml`: whom `polyctl watch` tells what, and when. */
export const watchSchema: JsonObject = {
  type: ['object', 'null'],
  description: 'Whom `polyctl watch` tells what, and when. In polyctl.yaml alone.',
  additionalProperties: false,
  properties: {
    findings: {
      description: 'What is told. Absent: changed, missing, renamed, not-removed, unhealthy.',
      type: 'array',
      minItems: 1,
      items: {
        enum: ['changed', 'missing', 'renamed', 'not-removed', 'unmanaged', 'pending', 'unhealthy']
      }
    },
    fail_on: {
      description: 'What the last runs of syncs may not be, such as errors>1%, total==0 or duration>30m.',
      type: 'array',
      minItems: 1,
      items: { type: 'string' }
    },
    remind: { ...duration, description: 'After how long what is still open is told again, such as 7d.' },
    quiet,
    notify: {
      description: 'Who is told. Each message goes to all of them.',
      type: ['object', 'null'],
      additionalProperties: false,
      properties: {
        slack: receivers(
          'Incoming webhooks of Slack.',
          { url: fromEnvironment('The address of the webhook, which is a secret.') },
          ['url']
        ),
        teams: receivers(
          'Workflows of Teams that begin when a webhook request is received.',
          { url: fromEnvironment('The address of the workflow, which is a secret.') },
          ['url']
        ),
        webhooks: receivers(
          'Addresses of your own, which get signed JSON.',
          {
            url: fromEnvironment('Where it is sent.'),
            secret: fromEnvironment('By which it is signed (HMAC-SHA256).')
          },
          ['url', 'secret']
        ),
        email: receivers(
          'E-mail through an SMTP server.',
          {
            server: fromEnvironment('The server, as smtp://user:password@host:port or smtps://….'),
            from: { type: 'string', format: 'idn-email', description: 'Who writes.' },
            to: {
              description: 'Who is written to.',
              type: 'array',
              minItems: 1,
              maxItems: 50,
              items: { type: 'string', format: 'idn-email' }
            }
          },
          ['server', 'from', 'to']
        )
      }
    }
  }
}
