/*
{
  "attempt": "Returns text that is written as it is, if the engine has such a thing.",
  "expect": {"result": "absent"}
}
*/
export default async function handler(input, host) {
  if (typeof JSON.rawJSON !== "function") return "absent";
  try { return JSON.rawJSON("1, \"forged\": 2"); } catch (error) { return "absent"; }
}
