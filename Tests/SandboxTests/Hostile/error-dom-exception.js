/*
{
  "attempt": "Throws an exception of browsers, which the engine has too.",
  "expect": {"failure": "threw", "message": "aborted"}
}
*/
export default async function handler(input, host) {
  throw new DOMException("aborted", "AbortError");
}
