/*
{
  "attempt": "Throws a symbol, which no text can be made of.",
  "expect": {"failure": "threw"}
}
*/
export default async function handler(input, host) {
  throw Symbol("hidden");
}
