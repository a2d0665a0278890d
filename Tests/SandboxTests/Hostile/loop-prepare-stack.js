/*
{
  "attempt": "Loops in the function that prepares the stack trace of an error.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  Error.prepareStackTrace = () => { for (;;); };
  throw new Error("traced").stack;
}
