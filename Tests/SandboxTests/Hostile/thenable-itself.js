/*
{
  "attempt": "Resolves a promise with itself.",
  "expect": {"failure": "threw"}
}
*/
export default async function handler(input, host) {
  let resolve;
  const promise = new Promise((r) => { resolve = r; });
  resolve(promise);
  return promise;
}
