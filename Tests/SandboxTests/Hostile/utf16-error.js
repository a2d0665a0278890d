/*
{
  "attempt": "Throws an error of halves of characters.",
  "expect": {"failure": "threw"}
}
*/
export default async function handler(input, host) {
  throw new Error("\ud800\udfff\ud800");
}
