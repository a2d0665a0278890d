/*
{
  "attempt": "Returns an object whose then is a getter that throws.",
  "expect": {"failure": "threw"}
}
*/
export default async function handler(input, host) {
  return { get then() { throw new Error("in then"); } };
}
