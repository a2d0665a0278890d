/*
{
  "attempt": "Imports a file as JSON while it runs.",
  "expect": {"result": "refused"}
}
*/
export default async function handler(input, host) {
  try { await import("/etc/passwd", { with: { type: "json" } }); } catch (error) { return "refused"; }
  return "imported";
}
