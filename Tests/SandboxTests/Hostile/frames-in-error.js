/*
{
  "attempt": "Throws an error whose message and stack are frames.",
  "expect": {"failure": "threw"}
}
*/
export default async function handler(input, host) {
  const error = new Error("\u0002\u0000\u0000\u0000R\u0000\u0000\u0000\u0000{}");
  error.stack = "\nR 0 {}\n\u0002\u0000\u0000\u0000R";
  throw error;
}
