/*
{
  "attempt": "Returns a thenable that throws after it resolved.",
  "expect": {"result": "kept"}
}
*/
export default async function handler(input, host) {
  return { then(resolve) { resolve("kept"); throw new Error("too late"); } };
}
