/*
{
  "attempt": "Shrinks a buffer while copyWithin reads its arguments.",
  "expect": {"result": 16}
}
*/
export default async function handler(input, host) {
  const buffer = new ArrayBuffer(1 << 16, { maxByteLength: 1 << 16 }), array = new Uint8Array(buffer);
  array.copyWithin({ valueOf() { buffer.resize(16); return 0; } }, 8, 60000);
  return array.length;
}
