/*
{
  "attempt": "Throws an error whose stack is no text.",
  "expect": {"failure": "threw"}
}
*/
export default async function handler(input, host) {
  const error = new Error("plain");
  error.stack = { toString() { throw 1; } };
  throw error;
}
