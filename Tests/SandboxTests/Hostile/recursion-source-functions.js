/*
{
  "attempt": "Is a source of thousands of nested functions.",
  "bytes": {"@OPEN@": {"text": "(a) => { let b = a; return ", "times": 5000}, "@CLOSE@": {"text": "; }", "times": 5000}},
  "expect": {"failure": "recursion_limit"}
}
*/
const value = @OPEN@1@CLOSE@;
export default async function handler(input, host) {
  return value;
}
