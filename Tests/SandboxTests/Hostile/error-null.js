/*
{
  "attempt": "Throws null, which is also how a lack of memory can come out of the engine.",
  "expect": {"failure": "threw"}
}
*/
export default async function handler(input, host) {
  throw null;
}
