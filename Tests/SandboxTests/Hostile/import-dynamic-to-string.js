/*
{
  "attempt": "Imports by an object whose toString runs first.",
  "expect": {"result": "refused"}
}
*/
export default async function handler(input, host) {
  try { await import({ toString() { return "os"; } }); } catch (error) { return "refused"; }
  return "imported";
}
