/*
{
  "attempt": "Returns an object whose toJSON throws.",
  "expect": {"failure": "invalid_result", "message": "in toJSON"}
}
*/
export default async function handler(input, host) {
  return { toJSON() { throw new Error("in toJSON"); } };
}
