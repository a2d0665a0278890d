/*
{
  "attempt": "Re-enters the making of stack traces from the function that prepares them.",
  "expect": {"result": true}
}
*/
export default async function handler(input, host) {
  let depth = 0;
  Error.prepareStackTrace = (error, sites) => {
    if (depth++ < 50) { Error.captureStackTrace(Object.freeze({})); new Error("again").stack; } sites.length = 0;
    return sites;
  };
  try {
    Error.captureStackTrace(new Proxy({}, { defineProperty() { throw new Error("in a trap"); } }));
  } catch (error) {}
  Error.stackTraceLimit = { valueOf() { return 1e9; } };
  try { null.x; } catch (error) { error.stack; }
  Error.stackTraceLimit = -1;
  try { null.x; } catch (error) { return typeof error.stack !== "number"; }
}
