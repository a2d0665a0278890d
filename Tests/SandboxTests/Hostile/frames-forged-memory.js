/*
{
  "attempt": "Throws the engine's own error of no memory.",
  "expect": {"failure": "threw"}
}
*/
export default async function handler(input, host) {
  throw typeof InternalError === "function" ? new InternalError("out of memory") : new Error("out of memory");
}
