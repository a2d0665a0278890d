/*
{
  "attempt": "Imports code that it has just made.",
  "expect": {"result": "refused"}
}
*/
export default async function handler(input, host) {
  try {
    await import("data:text/javascript," + encodeURIComponent("export default 1"));
  } catch (error) { return "refused"; }
  return "imported";
}
