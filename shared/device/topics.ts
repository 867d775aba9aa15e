// Every MQTT topic that a thing and the cloud share, written once: for the agent, the cloud, the IoT rules and the IoT policy.

/** Shadow topics are AWS's: https://docs.aws.amazon.com/iot/latest/developerguide/reserved-topics.html#reserved-topics-shadow */
export const shadowTopics = (thing: string, channel: string) => {
  const shadow = `$aws/things/${thing}/shadow/name/${channel}`;
  return {
    get: `${shadow}/get`,
    getAccepted: `${shadow}/get/accepted`,
    getRejected: `${shadow}/get/rejected`,
    update: `${shadow}/update`,
    updateAccepted: `${shadow}/update/accepted`,
    updateRejected: `${shadow}/update/rejected`,
    delta: `${shadow}/update/delta`,
    documents: `${shadow}/update/documents`,
  } as const;
};

/** Our own topics: a thing asks for content by digest and chunk, and receives its raw bytes. */
export const contentTopics = (thing: string) =>
  ({
    fetch: `shadowcast/${thing}/fetch`,
    /** Subscribe to this one; the cloud publishes on `content(digest, chunk)`. */
    contentFilter: `shadowcast/${thing}/content/+/+`,
    content: (digest: string, chunk: number) => `shadowcast/${thing}/content/${digest}/${chunk}`,
    /** Why a fetch was not answered: `{ digest, chunk, code, message }`. */
    fetchRejected: `shadowcast/${thing}/fetch/rejected`,
    /** The cloud asks `{ ping }`, the thing answers the same on `pong`. */
    ping: `shadowcast/${thing}/ping`,
    pong: `shadowcast/${thing}/pong`,
    /** Outputs of what ran, too large for a shadow (at most 128 KB). */
    result: `shadowcast/${thing}/result`,
  }) as const;

/** Topic filters of the IoT rules: `+` stands where the thing and the channel are. */
export const ruleTopics = {
  reported: '$aws/things/+/shadow/name/+/update/accepted',
  fetch: 'shadowcast/+/fetch',
  pong: 'shadowcast/+/pong',
  result: 'shadowcast/+/result',
  presence: '$aws/events/presence/+/+',
} as const;
