/*
{
  "attempt": "Throws undefined.",
  "expect": {"failure": "threw"}
}
*/
export default async function handler(input, host) {
  throw undefined;
}
