/*
{
  "attempt": "Has the trace of its error made by a function that throws.",
  "expect": {"failure": "threw"}
}
*/
export default async function handler(input, host) {
  Error.prepareStackTrace = () => { throw new Error("while preparing"); };
  throw new Error("original");
}
