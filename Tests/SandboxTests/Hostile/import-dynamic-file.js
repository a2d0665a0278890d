/*
{
  "attempt": "Imports a file while it runs.",
  "expect": {"result": "refused"}
}
*/
export default async function handler(input, host) {
  try { await import("file:///proc/self/environ"); } catch (error) { return "refused"; }
  return "imported";
}
