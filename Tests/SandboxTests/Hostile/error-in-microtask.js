/*
{
  "attempt": "Throws in a job of its own, which no promise catches, and returns a result besides.",
  "expect": {"failure": "threw", "message": "in a job"}
}
*/
export default async function handler(input, host) {
  queueMicrotask(() => { throw new Error("in a job"); });
  return "done";
}
