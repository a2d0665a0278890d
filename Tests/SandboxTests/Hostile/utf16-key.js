/*
{
  "attempt": "Returns an object whose keys are halves of characters.",
  "expect": {"anyResult": true}
}
*/
export default async function handler(input, host) {
  return { ["\ud800"]: 1, ["\udfff"]: 2 };
}
