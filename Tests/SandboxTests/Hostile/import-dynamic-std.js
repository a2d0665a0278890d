/*
{
  "attempt": "Imports the engine's standard module while it runs.",
  "expect": {"result": "refused"}
}
*/
export default async function handler(input, host) {
  try { await import("std"); } catch (error) { return "refused"; }
  return "imported";
}
