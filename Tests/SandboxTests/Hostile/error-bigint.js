/*
{
  "attempt": "Throws a large integer.",
  "expect": {"failure": "threw"}
}
*/
export default async function handler(input, host) {
  throw 2n ** 64n;
}
