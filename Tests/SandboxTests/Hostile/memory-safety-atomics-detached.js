/*
{
  "attempt": "Uses Atomics on memory that is gone.",
  "expect": {"result": "contained"}
}
*/
export default async function handler(input, host) {
  if (typeof Atomics === "undefined") return "contained";
  const array = new Int32Array(1024);
  try { Atomics.store(array, { valueOf() { array.buffer.transfer(); return 1000; } }, 1); } catch (error) {}
  return "contained";
}
