// The dictionary: every code that a line of the log can carry, and what it means.
export const codes = {
  'request.answered': 'A request was answered as its caller wished.',
  'request.refused': 'A request was refused; `refusal` says why.',
  'request.failed':
    'A request failed through a fault of ours, or what we stand on was away; `error` says which.',
  'transition.carried_out': 'A slot was looked at; `outcome` says what was done.',
  'transition.later': 'A slot could not be looked at; its message comes again.',
  'transition.given_up': 'The last delivery of a message failed: the slot waits for an operator.',
  'report.taken': 'A thing’s word was taken; `outcome` says which, and `repeated` that it was no news.',
  'report.malformed': 'A thing said something that is not in the protocol; it was dropped.',
  'report.later': 'A thing’s word could not be taken; its message comes again.',
  'content.served': 'A chunk was sent to a thing.',
  'content.rejected': 'A thing asked for content that no current manifest of its names.',
  'content.malformed': 'A thing asked for content in words that are not in the protocol.',
  'content.failed': 'A thing asked for content and got no answer; it asks again.',
  'rollout.looked_at': 'A rollout was looked at; `outcome` says what it is doing or has come to.',
  'rollout.shard_carried':
    'Things of one shard of a rollout were given their part, or called back; `outcome` says which.',
  'rollout.later': 'A rollout, or a shard of it, could not be looked at; its message comes again.',
  'rollout.given_up': 'The last delivery of a message failed: the rollout waits for an operator.',
  'alarm.taken': 'An alarm has changed its state; `halted` rollouts had named it.',
  'alarm.failed': 'An alarm’s change of state could not be looked at.',
  'webhook.delivered': 'A webhook’s receiver has taken a message.',
  'webhook.retrying':
    'A webhook’s receiver did not take a message; `reason` says why, and it is tried again.',
  'webhook.given_up': 'A webhook’s message is not tried any more; its webhook shows it.',
  'webhook.waiting': 'A webhook’s message was too early, and has been sent on.',
  'webhook.dropped':
    'A webhook’s message was about what never came to be, or for a webhook that is gone or disabled.',
  'webhook.later': 'A webhook’s message could not be looked at; it comes again.',
  'contents.swept':
    'History of an organization that is over for long, and content that nothing names any more, were removed.',
  'contents.unfinished': 'There was no time for all organizations; `organizations` are left for tomorrow.',
  'contents.sweep_failed':
    'What an organization has could not be looked through; what is left of it is found tomorrow.',
  'batch.done':
    'A batch of messages came to its end, and one of them had nothing to say; the line has the numbers of the others.',
  'sweep.done': 'Overdue slots were looked at; `others` names their deployments.',
  'sweep.slot_failed': 'One overdue slot could not be looked at; it stays due.',
  'sweep.failed': 'A sweep was cut off; the next minute’s begins anew.',
  'attempt.made': 'DEBUG, sampled: one attempt of one call to AWS.',
} as const;
export type Code = keyof typeof codes;
