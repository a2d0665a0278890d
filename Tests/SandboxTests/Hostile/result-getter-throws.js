/*
{
  "attempt": "Returns an object with a getter that throws.",
  "expect": {"failure": "invalid_result", "message": "in the getter"}
}
*/
export default async function handler(input, host) {
  return { fine: 1, get broken() { throw new Error("in the getter"); } };
}
