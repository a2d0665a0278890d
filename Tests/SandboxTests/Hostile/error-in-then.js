/*
{
  "attempt": "Throws within a reaction that the result waits for.",
  "expect": {"failure": "threw"}
}
*/
export default async function handler(input, host) {
  return Promise.resolve(1).then(() => { throw new Error("in then"); });
}
