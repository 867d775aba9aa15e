// AWS's limits of a connection, where the broker itself has none.
// https://docs.aws.amazon.com/general/latest/gr/iot-core.html#message-broker-limits
export const payloadBytesMax = 128 * 1024;
/** A whole packet: what AWS announces in a CONNACK. */
export const packetBytesMax = 149_504;
export const filtersPerSubscribeMax = 8;
export const filtersPerConnectionMax = 50;
export const clientIdBytesMax = 128;
