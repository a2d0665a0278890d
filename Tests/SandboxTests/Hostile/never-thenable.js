/*
{
  "attempt": "Returns a thenable that calls neither of its functions.",
  "expect": {"failure": "never_settles"}
}
*/
export default async function handler(input, host) {
  return { then() {} };
}
