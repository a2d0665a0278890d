/*
{
  "attempt": "Shrinks and detaches what a native sort is sorting.",
  "expect": {"result": 0}
}
*/
export default async function handler(input, host) {
  const list = Array.from({ length: 1000 }, (_, i) => 1000 - i);
  list.sort((a, b) => { list.length = 0; list.push({}); return a - b; });
  const typed = new Float64Array(1000);
  try { typed.sort((a, b) => { if (typed.length) typed.buffer.transfer(); return a - b; }); } catch (error) {}
  return typed.length;
}
