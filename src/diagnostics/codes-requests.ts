import type { CodeEntry } from './code-entry.ts'

/** Problems of applying, and of talking to the service. */
export const requestCodes = {
  P601: {
    exit: 'service',
    title: 'the service refused a change',
    explanation:
      'The service looked at the request and said no; its own words are in the note. What it names is ' +
      'usually a value in the files: a field that the target does not have, a mode that it does not ' +
      'take. Nothing was changed by this request, and what depends on it was left alone. Correct the ' +
      'files and apply again.'
  },
  P602: {
    exit: 'service',
    title: 'a request may have been carried out',
    explanation:
      'The connection broke after a change was sent and before it was answered, and looking for it ' +
      'failed as well. Nobody can say whether it was done. Run `polyctl plan`: it shows what is there ' +
      'now. Applying again is safe, nothing is made twice.'
  },
  P603: {
    exit: 'service',
    title: 'the service cannot be reached',
    explanation:
      'No connection came about, several tries included: the host does not exist, nobody listens ' +
      'there, or the network is down. Check `--url`, POLYTOMIC_URL or `workspace.url`. HTTPS_PROXY, ' +
      'HTTP_PROXY, ALL_PROXY and NO_PROXY are honoured; what is on this machine is reached directly. Where ' +
      'a certificate is of an issuer of your own, name its file in NODE_EXTRA_CA_CERTS.'
  },
  P604: {
    exit: 'service',
    title: 'the key is refused',
    explanation:
      'The service does not accept the key. Keys belong to one user in one organization and can be ' +
      'revoked; they are made in the settings of the web page. Check POLYTOMIC_API_KEY for left-over ' +
      'spaces or quotes, and that the address is that of the organization.'
  },
  P605: {
    exit: 'service',
    title: 'the key may not do this',
    explanation:
      'The key is known, and its owner may not do what was asked: a role is missing, or a partner key ' +
      'was used where an organization’s key is needed. In the versions of the API before 2025-09-18 ' +
      'it is the other way round for users: their addresses are for the keys of partners.'
  },
  P606: {
    exit: 'service',
    title: 'the service does not know it',
    explanation:
      'What was asked for is not there. One resource was deleted since the plan was made, or ' +
      'something that it uses: plan again. Where a whole list is not there, the address leads to ' +
      'something that is not the API, or to a service that does not speak this version of it.'
  },
  P607: {
    exit: 'service',
    title: 'the service is busy with something that excludes this',
    explanation:
      'The service answered that something under way excludes the request, a running sync for ' +
      'example. Wait for it to end and try again.'
  },
  P608: {
    exit: 'service',
    title: 'the service throttles',
    explanation:
      'The service asked to slow down. polyctl did, for all requests, and waited as long as it was ' +
      'told to, for five minutes at most; the answer was still the same. Nothing of what was asked was ' +
      'taken on. Try again later, or with a smaller ' +
      '`--parallelism`.'
  },
  P609: {
    exit: 'service',
    title: 'the service failed',
    explanation:
      'The service answered with an error of its own (5xx), several tries included. It is not about ' +
      'your files. Try again; if it stays so, tell those who run the service.'
  },
  P610: {
    exit: 'service',
    title: 'the answer is not JSON',
    explanation:
      'Something answered that is not a Polytomic API: a sign-in page of a proxy, an error page. ' +
      'Check the address, and whether this machine must go through a proxy.'
  },
  P611: {
    exit: 'service',
    title: 'the answer is a redirect',
    explanation:
      'The service wanted to send the request, and with it your key, to another address. polyctl ' +
      'never follows. If that other address is right, give it as `--url`.'
  },
  P612: {
    exit: 'service',
    title: 'the answer has another shape',
    explanation:
      'The answer is JSON, but not what the API answers in this version. Perhaps the address is that ' +
      'of another service, or `workspace.api_version` is not what this service speaks.'
  },
  P613: {
    exit: 'service',
    title: 'the service did not answer in time',
    explanation:
      'No answer came within `--timeout` seconds, several tries included. Try again, or wait longer.'
  },
  P614: {
    exit: 'service',
    title: 'the service kept something else',
    explanation:
      'A change was accepted, and reading it back showed other values than those that were sent. ' +
      'Either somebody changed it in the same moment, or the service corrects the value in silence: ' +
      'then the file should say what the service makes of it. `polyctl plan` shows both sides.'
  },
  P615: {
    title: 'a secret is missing',
    explanation:
      'A change must send a secret, and the environment variable or file that holds it is not there. ' +
      'An update sends all secrets of its resource, because leaving one out could clear it. `apply` ' +
      'stops before its first change; `plan` works without, and tells what apply will need. Set the ' +
      'variable, or pass `--env-file`.'
  },
  P616: {
    exit: 'service',
    title: 'there is no key',
    explanation:
      'Neither POLYTOMIC_API_KEY nor a partner or deployment key with an organization is set. Keys ' +
      'are never given on the command line, where other users of the machine could read them. To try ' +
      'polyctl without an account, pass `--local`.'
  },
  P617: {
    title: 'the address of the service is wrong',
    explanation:
      'The address must be an http or https URL without a user, a password, a query or a fragment, ' +
      'such as https://app.polytomic.com. A path is allowed, for services behind a proxy.'
  },
  P618: {
    exit: 'conflict',
    title: 'it changed after it was planned',
    explanation:
      'Just before a change is sent, the resource is read again. Somebody changed it after the plan was ' +
      'made, so what was approved is no longer what would happen: this change was not sent, and what ' +
      'depends on it was skipped. Plan again to see both sides.'
  },
  P621: {
    exit: 'service',
    title: 'the source is still being read',
    explanation:
      'A connection that was made a moment ago is known in full only when the service has read what ' +
      'the source has. Until then it refuses what is about its schemas. polyctl asks again in growing ' +
      'pauses, for five minutes at most, and the note says how long it did. Large sources take ' +
      'longer: apply again later, nothing is made twice. If it stays so, the source may have no ' +
      'schema that its user may read.'
  },
  P622: {
    exit: 'service',
    title: 'polyctl failed at one change',
    explanation:
      'Something went wrong in polyctl itself while it carried out this change: that is a mistake of ' +
      'ours, not of your files. All other changes were carried out as planned, except those that need ' +
      'this one. The note says whether anything was sent for it. Run `polyctl plan` to see what is ' +
      'there now, and please report it, with what POLYCTL_STACK=1 shows.'
  },
  P628: {
    exit: 'service',
    title: 'it is made, and something of it is still to be set',
    explanation:
      'Models that are joined both ways, or to themselves, are made in two steps: first without the ' +
      '`relations` that name what is not there yet, then these are set. The first step was carried ' +
      'out, and the second was not: what it names failed, or the apply was interrupted. The note says ' +
      'which. Mend that, and run the same apply again: it finds what is made, and does what is left.'
  }
} satisfies Record<string, CodeEntry>
