/*
{
  "attempt": "Returns half a character: the parent gets a replacement, or refuses the result.",
  "expect": {"result": ["\ufffd", "\ufffdx", "a\ufffd"]}
}
*/
export default async function handler(input, host) {
  return ["\ud800", "\udc00x", "a\ud83d"];
}
