/*
{
  "attempt": "Returns a thenable that resolves twice, then rejects.",
  "expect": {"result": "first"}
}
*/
export default async function handler(input, host) {
  return { then(resolve, reject) { resolve("first"); resolve("second"); reject(new Error("third")); } };
}
