/*
{
  "attempt": "Shrinks a buffer in the conversion of the value that with puts in, so that it would copy what lies behind.",
  "expect": {"result": 0}
}
*/
export default async function handler(input, host) {
  const buffer = new ArrayBuffer(1 << 16, { maxByteLength: 1 << 16 });
  const array = new Int32Array(buffer);
  let copy = [];
  try { copy = array.with(0, { valueOf() { buffer.resize(8); return 7; } }); } catch (error) {}
  let leaked = 0;
  for (let i = 2; i < copy.length; i++) if (copy[i]) leaked++;
  return leaked;
}
