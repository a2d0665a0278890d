/*
{
  "attempt": "Logs a value that holds itself, and an array of itself.",
  "grants": {"functions": ["log"]},
  "expect": {"result": "went on"}
}
*/
export default async function handler(input, host) {
  const value = [{}];
  value[0].value = value;
  try { host.log(value); } catch (error) {}
  return "went on";
}
