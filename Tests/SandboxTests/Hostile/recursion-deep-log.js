/*
{
  "attempt": "Logs a value 100,000 deep, and goes on.",
  "grants": {"functions": ["log"]},
  "expect": {"result": "logged"}
}
*/
export default async function handler(input, host) {
  let array = [];
  for (let i = 0; i < 100000; i++) array = [array];
  try { host.log(array); } catch (error) { return error.name; }
  return "logged";
}
