import { slackMessage } from '../../render/slack.ts'
import { summaryOf } from '../message.ts'
import { postJson, type Channel, type Post } from './channel.ts'

/** An incoming webhook of Slack. It knows no keys of requests: a second copy would be shown. */
export function slackChannel(name: string, url: string, post: Post): Channel {
  return {
    name,
    type: 'slack',
    send: (message, signal) =>
      postJson(post, url, { body: JSON.stringify(slackMessage(summaryOf(message))), signal })
  }
}
