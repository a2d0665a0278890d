/*
{
  "attempt": "Returns a large integer within an object.",
  "expect": {"failure": "invalid_result"}
}
*/
export default async function handler(input, host) {
  return { a: [1n] };
}
