/*
{
  "attempt": "Shrinks a buffer while subarray and slice read theirs.",
  "expect": {"result": 2}
}
*/
export default async function handler(input, host) {
  const buffer = new ArrayBuffer(1 << 16, { maxByteLength: 1 << 16 }), array = new Uint32Array(buffer);
  const shrink = { valueOf() { buffer.resize(8); return 0; } };
  try { array.slice(shrink, 10000); } catch (error) {}
  try { array.subarray(shrink, 10000); } catch (error) {}
  return array.length;
}
