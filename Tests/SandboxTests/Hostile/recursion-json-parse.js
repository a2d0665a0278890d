/*
{
  "attempt": "Parses JSON of 500,000 brackets.",
  "expect": {"failure": "recursion_limit"}
}
*/
export default async function handler(input, host) {
  JSON.parse("[".repeat(500000) + "]".repeat(500000));
}
