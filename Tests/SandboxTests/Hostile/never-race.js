/*
{
  "attempt": "Waits for the first of no promises.",
  "expect": {"failure": "never_settles"}
}
*/
export default async function handler(input, host) {
  await Promise.race([]);
}
