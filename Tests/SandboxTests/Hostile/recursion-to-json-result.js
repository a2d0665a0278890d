/*
{
  "attempt": "Returns a value whose toJSON returns ever deeper values.",
  "expect": {"failure": "recursion_limit"}
}
*/
export default async function handler(input, host) {
  const deeper = () => ({ toJSON: () => [deeper()] });
  return deeper();
}
