/*
{
  "attempt": "Has toJSON return ever deeper values.",
  "expect": {"failure": "recursion_limit"}
}
*/
export default async function handler(input, host) {
  const deeper = () => ({ toJSON: () => [deeper()] });
  return JSON.stringify(deeper());
}
