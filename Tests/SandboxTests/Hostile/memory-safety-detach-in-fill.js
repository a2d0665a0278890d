/*
{
  "attempt": "Detaches a buffer while a native fill reads its arguments.",
  "expect": {"result": 0}
}
*/
export default async function handler(input, host) {
  const array = new Uint8Array(4096);
  try { array.fill({ valueOf() { array.buffer.transfer(); return 65; } }); } catch (error) {}
  return array.length;
}
