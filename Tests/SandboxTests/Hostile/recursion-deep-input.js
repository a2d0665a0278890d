/*
{
  "attempt": "Is given an input that is 400 deep, and gives it back.",
  "inputDepth": 400,
  "expect": {"resultIsInput": true}
}
*/
export default async function handler(input, host) {
  return input;
}
