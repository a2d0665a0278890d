/*
{
  "attempt": "Blocks its thread by Atomics.wait.",
  "expect": {"result": "absent"}
}
*/
export default async function handler(input, host) {
  if (typeof Atomics === "undefined" || typeof SharedArrayBuffer === "undefined") return "absent";
  return Atomics.wait(new Int32Array(new SharedArrayBuffer(8)), 0, 0, 10000);
}
