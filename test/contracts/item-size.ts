// The size of an item as DynamoDB counts it: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** One byte per two significant digits, and one more; another one for a sign. */
const bytesOfNumber = (text: string): number => {
  const digits = text.replace(/[-.]/g, '').replace(/^0+|0+$/g, '');
  return Math.ceil(digits.length / 2) + 1 + (text.startsWith('-') ? 1 : 0);
};

const overhead = 3;
const perElement = 1;

const bytesOfValue = (value: AttributeValue): number => {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return bytesOfNumber(value.N);
  if (value.B !== undefined) return value.B.length;
  if (value.L !== undefined)
    return value.L.reduce((sum, element) => sum + perElement + bytesOfValue(element), overhead);
  if (value.M !== undefined)
    return Object.entries(value.M).reduce(
      (sum, [name, element]) => sum + perElement + Buffer.byteLength(name) + bytesOfValue(element),
      overhead,
    );
  return 1;
};

export const bytesOfItem = (item: Readonly<Record<string, AttributeValue>>): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + bytesOfValue(value), 0);
