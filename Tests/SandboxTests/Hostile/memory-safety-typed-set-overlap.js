/*
{
  "attempt": "Sets a typed array from itself, while a getter of the source detaches it.",
  "expect": {"result": 0}
}
*/
export default async function handler(input, host) {
  const array = new Uint8Array(1000);
  const source = { length: 1000, get 0() { array.buffer.transfer(); return 1; } };
  try { array.set(source); } catch (error) {}
  return array.length;
}
