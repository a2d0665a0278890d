/*
{
  "attempt": "Is a source of 200,000 unary operators.",
  "bytes": {"@NOT@": {"text": "!", "times": 200000}},
  "expect": {"failure": "recursion_limit"}
}
*/
const value = @NOT@1;
export default async function handler(input, host) {
  return value;
}
