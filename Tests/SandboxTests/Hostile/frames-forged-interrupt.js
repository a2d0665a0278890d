/*
{
  "attempt": "Throws the engine's own error of an interrupted loop.",
  "expect": {"failure": "threw"}
}
*/
export default async function handler(input, host) {
  const error = typeof InternalError === "function" ? new InternalError("interrupted") : new Error("interrupted");
  throw error;
}
