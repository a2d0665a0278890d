/*
{
  "attempt": "Returns an object whose toJSON returns nothing.",
  "expect": {"failure": "invalid_result"}
}
*/
export default async function handler(input, host) {
  return { toJSON() {} };
}
