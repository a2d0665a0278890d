/*
{
  "attempt": "Waits by Atomics.waitAsync, and by pause.",
  "expect": {"result": "absent"}
}
*/
export default async function handler(input, host) {
  if (typeof Atomics === "undefined") return "absent";
  return typeof Atomics.waitAsync;
}
