/*
{
  "attempt": "Is a source of 100,000 nested parentheses.",
  "bytes": {"@OPEN@": {"text": "(", "times": 100000}, "@CLOSE@": {"text": ")", "times": 100000}},
  "expect": {"failure": "recursion_limit"}
}
*/
const value = @OPEN@1@CLOSE@;
export default async function handler(input, host) {
  return value;
}
