/*
{
  "attempt": "Reaches it by way of a native getter.",
  "expect": {"result": false}
}
*/
export default async function handler(input, host) {
  globalThis.escaped = false;
  try {
    await (Object.getOwnPropertyDescriptor(Map.prototype, "size").get.constructor("globalThis.escaped = true")());
  } catch (error) {}
  return globalThis.escaped;
}
